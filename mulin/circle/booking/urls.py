"""Addresses of bookings."""

from django.urls import path

from mulin.circle.booking.views import desk, keeping, mine, public

app_name = "booking"

urlpatterns = [
    path("", public.rooms, name="rooms"),
    path("wall/", public.wall, name="wall"),
    path("mine/", mine.mine, name="mine"),
    path("mine/<int:pk>/<slug:deed>/", mine.mine_act, name="mine-act"),
    path("slips/<int:pk>/", mine.slip, name="slip"),
    path("desk/", desk.plan, name="plan"),
    path("desk/new/", desk.new, name="new"),
    path("desk/series/", desk.series, name="series"),
    path("desk/<int:pk>/", desk.booking, name="booking"),
    path("desk/<int:pk>/<slug:deed>/", desk.act, name="act"),
    path("desk/rooms/", keeping.rooms, name="rooms-keep"),
    path("desk/rooms/<int:pk>/", keeping.room, name="room-keep"),
    path("desk/rooms/<int:pk>/<slug:deed>/", keeping.room_act, name="room-act"),
    path("desk/groups/", keeping.groups, name="groups"),
    path("desk/groups/<int:pk>/end/", keeping.group_end, name="group-end"),
    path("places/<slug:code>/", public.room, name="room"),
    path("places/<slug:code>/book/", mine.book_room, name="book"),
    path("places/<slug:code>/calendar.ics", public.feed, name="feed"),
]
