"""Reception's addresses."""

from django.urls import path

from mulin.parlour.reception.views import desk, resident, visits

app_name = "reception"

urlpatterns = [
    path("", desk.desk, name="desk"),
    path("demands/<int:pk>/", desk.demand, name="demand"),
    path("demands/<int:pk>/slip/", desk.slip, name="slip"),
    path("demands/<int:pk>/<slug:deed>/", desk.work, name="work"),
    path("receive/", desk.receive, name="receive"),
    path("who/", desk.who, name="who"),
    path("visits/", visits.visit_list, name="visits"),
    path("calls/", visits.call_list, name="calls"),
    path("calls/<int:pk>/", visits.call, name="call"),
    # Open to the street: anybody may tell, and whoever holds the code of a need may follow it.
    path("tell/", resident.tell, name="tell"),
    path("follow/<slug:code>/", resident.follow, name="follow"),
]
