"""Addresses of the childcare room. None says a name."""

from django.urls import path

from mulin.workshop.childcare.views import children, days, door, mine, people

app_name = "childcare"

urlpatterns = [
    path("", days.day, name="day"),
    path("count/", days.count, name="count"),
    path("room/<slug:deed>/", days.room_act, name="room-act"),
    path("children/", children.children, name="children"),
    path("children/<int:pk>/", children.child, name="child"),
    path("children/<int:pk>/<slug:deed>/", children.child_act, name="child-act"),
    path("stays/<int:pk>/", door.stay, name="stay"),
    path("codes/", door.codes, name="codes"),
    path("people/", people.people, name="people"),
    path("people/<slug:deed>/", people.people_act, name="people-act"),
    path("people/<int:pk>/<slug:deed>/", people.people_act, name="person-act"),
    path("report/", people.report, name="report"),
    path("enrol/", mine.enrol, name="enrol"),
    path("mine/", mine.mine, name="mine"),
    path("mine/<int:pk>/<slug:deed>/", mine.mine_act, name="mine-act"),
    path("pictures/<int:pk>/", mine.picture, name="picture"),
    path("about/", mine.about, name="about"),
]
