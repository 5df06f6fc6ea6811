"""Addresses of gatherings. `desk/` is the staff's; a bare code is the notice's."""

from django.urls import path

from mulin.commons.gatherings.views import door, planning, public, series

app_name = "gatherings"

urlpatterns = [
    path("", public.gathering_list, name="public"),
    path("calendar.ics", public.calendar_feed, name="feed"),
    path("desk/", planning.gathering_list, name="desk"),
    path("desk/new/", planning.new, name="new"),
    path("desk/series/", series.series_list, name="series"),
    path("desk/series/new/", series.new, name="series-new"),
    path("desk/series/<int:pk>/", series.change, name="series-change"),
    path("desk/series/<int:pk>/end/", series.end, name="series-end"),
    path("desk/<int:pk>/", planning.gathering, name="gathering"),
    path("desk/<int:pk>/change/", planning.change, name="change"),
    path("desk/<int:pk>/move/", planning.move, name="move"),
    path("desk/<int:pk>/cancel/", planning.cancel, name="cancel"),
    path("desk/<int:pk>/close/", planning.close, name="close"),
    path("desk/<int:pk>/invite/", planning.invite_people, name="invite"),
    path("desk/<int:pk>/items/", planning.add, name="add-item"),
    path("desk/<int:pk>/order/", planning.order, name="order"),
    path("desk/<int:pk>/papers/", planning.papers, name="papers"),
    path("desk/<int:pk>/poster/", planning.poster, name="poster"),
    path("desk/items/<int:pk>/<str:deed>/", planning.item_deed, name="item-deed"),
    path("desk/items/<int:pk>/", planning.item, name="item"),
    path("desk/<int:pk>/people/", door.people, name="people"),
    path("desk/<int:pk>/door/", door.door, name="door"),
    path("desk/<int:pk>/arrive/", door.arrive, name="arrive"),
    path("desk/<int:pk>/list/", door.paper_list, name="list"),
    path("desk/<int:pk>/lines/", door.lines, name="lines"),
    path("desk/<int:pk>/walk-ins/", door.walk_ins, name="walk-ins"),
    path("desk/attendances/<int:pk>/<str:deed>/", door.attendance, name="attendance"),
    path("papers/<slug:code>/", public.paper_file, name="paper"),
    path("here/<slug:code>/", public.here, name="here"),
    path("<slug:code>/", public.notice, name="notice"),
    path("<slug:code>/come/", public.come, name="come"),
    path("<slug:code>/decline/", public.decline, name="decline"),
    path("<slug:code>/event.ics", public.event, name="event"),
]
