"""Addresses of the rota."""

from django.urls import path

from mulin.commons.rota.views import desk, mine

app_name = "rota"

urlpatterns = [
    path("", desk.desk, name="desk"),
    path("months/<int:pk>/", desk.month, name="month"),
    path("months/<int:pk>/wall/", desk.wall, name="wall"),
    path("months/<int:pk>/wishes/<int:member>/", mine.wishes, name="wishes"),
    path("months/<int:pk>/<slug:deed>/", desk.month_act, name="month-act"),
    path("shifts/<int:pk>/", desk.shift, name="shift"),
    path("shifts/<int:pk>/<slug:deed>/", desk.shift_act, name="shift-act"),
    path("kinds/<slug:name>/", desk.kind, name="kind"),
    path("kinds/<slug:name>/<slug:deed>/", desk.kind_act, name="kind-act"),
    path("members/<int:pk>/", desk.member, name="member"),
    path("members/<int:pk>/<slug:deed>/", desk.member_act, name="member-act"),
    path("duties/<int:pk>/", mine.duty, name="duty"),
    path("mine/", mine.mine, name="mine"),
    path("mine/<int:pk>/<slug:deed>/", mine.mine_act, name="mine-act"),
]
