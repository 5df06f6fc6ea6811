"""Addresses of the room."""

from django.urls import path

from mulin.circle.elders.views import care, groups, near, orders, pairs

app_name = "elders"

urlpatterns = [
    path("", care.due, name="due"),
    path("people/", care.people, name="people"),
    path("people/<int:pk>/", care.elder, name="elder"),
    path("people/<int:pk>/card/", care.card, name="card"),
    path("people/<int:pk>/<slug:deed>/", care.elder_act, name="elder-act"),
    path("paces/", care.paces, name="paces"),
    path("groups/", groups.groups, name="groups"),
    path("groups/<int:pk>/", groups.group, name="group"),
    path("groups/<int:pk>/<slug:deed>/", groups.group_act, name="group-act"),
    path("pairs/", pairs.pairs, name="pairs"),
    path("pairs/<int:pk>/<slug:deed>/", pairs.pair_act, name="pair-act"),
    path("pairs/<slug:deed>/", pairs.pairs_act, name="pairs-act"),
    path("call/", orders.call, name="call"),
    path("call/<slug:deed>/", orders.call_act, name="call-act"),
    path("services/", orders.services, name="services"),
    path("services/<slug:deed>/", orders.service_act, name="service-act"),
    path("orders/<int:pk>/<slug:deed>/", orders.order_act, name="order-act"),
    path("round/", near.walk, name="round"),
    path("round/paper/", near.walk_paper, name="round-paper"),
    path("route/", near.route, name="route"),
    path("route/paper/", near.route_paper, name="route-paper"),
    path("mine/", near.mine, name="mine"),
    path("mine/<int:pk>/<slug:deed>/", near.mine_act, name="mine-act"),
    path("balance/", near.balance, name="balance"),
    path("about/", near.about, name="about"),
]
