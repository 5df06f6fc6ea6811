"""Reception's addresses."""

from django.urls import path

from mulin.parlour.reception.views import desk, imports, paper, resident, visits

app_name = "reception"

urlpatterns = [
    path("", desk.desk, name="desk"),
    path("demands/<int:pk>/", desk.demand, name="demand"),
    path("demands/<int:pk>/slip/", desk.slip, name="slip"),
    path("demands/<int:pk>/slip.pdf", paper.slip, name="slip-pdf"),
    path("demands/<int:pk>/<slug:deed>/", desk.work, name="work"),
    path("receive/", desk.receive, name="receive"),
    path("who/", desk.who, name="who"),
    path("visits/", visits.visit_list, name="visits"),
    path("visits.pdf", paper.visit_list, name="visits-pdf"),
    path("calls.pdf", paper.call_list, name="calls-pdf"),
    path("calls/", visits.call_list, name="calls"),
    path("calls/<int:pk>/", visits.call, name="call"),
    path("imports/", imports.import_list, name="imports"),
    path("imports/<int:pk>/", imports.import_file, name="import-file"),
    path("imports/<int:pk>/columns/", imports.import_columns, name="import-columns"),
    path("imports/<int:pk>/columns/file/", imports.import_map, name="import-map"),
    path("imports/<int:pk>/take-in/", imports.import_take_in, name="import-take-in"),
    path("imports/<int:pk>/discard/", imports.import_discard, name="import-discard"),
    # Open to the street: anybody may tell, and whoever holds the code of a need may follow it.
    path("tell/", resident.tell, name="tell"),
    path("follow/<slug:code>/", resident.follow, name="follow"),
]
