"""Addresses of the watch: the first word is its folder."""

from django.urls import path

from mulin.circle.alarms.views import doors, setting, work

app_name = "alarms"

urlpatterns = [
    path("", work.duty, name="duty"),
    path("press/", work.press, name="press"),
    path("mine/", work.mine, name="mine"),
    path("mine/<str:deed>/", work.mine_act, name="mine-act"),
    path("<int:pk>/", work.alarm, name="alarm"),
    path("<int:pk>/<str:deed>/", work.act, name="act"),
    path("people/", setting.people, name="people"),
    path("people/<int:pk>/", setting.person, name="person"),
    path("people/<int:pk>/<str:deed>/", setting.person_act, name="person-act"),
    path("devices/", setting.devices, name="devices"),
    path("devices/<str:deed>/", setting.add, name="add"),
    path("devices/<int:pk>/<str:deed>/", setting.device_act, name="device-act"),
    path("ladder/", setting.ladder, name="ladder"),
    path("ladder/<str:deed>/", setting.ladder_act, name="ladder-act"),
    path("sheet/", setting.sheet, name="sheet"),
    path("a/<slug:code>/", doors.answer, name="answer"),
    path("screen/<slug:slug>/<slug:key>/", doors.screen, name="screen"),
    path("screen/<slug:slug>/<slug:key>/now/", doors.now, name="now"),
    path("in/<slug:slug>/<slug:code>/", doors.hook, name="hook"),
]
