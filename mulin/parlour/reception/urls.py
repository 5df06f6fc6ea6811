"""Reception's addresses."""

from django.urls import path

from mulin.parlour.reception.views import desk, imports, packs, paper, resident, stories, visits

app_name = "reception"

urlpatterns = [
    path("", desk.desk, name="desk"),
    path("demands/<int:pk>/", desk.demand, name="demand"),
    path("demands/<int:pk>/slip/", desk.slip, name="slip"),
    path("demands/<int:pk>/slip.pdf", paper.slip, name="slip-pdf"),
    path("demands/<int:pk>/show/", stories.show, name="show"),
    path("demands/<int:pk>/take-back/", stories.take_back, name="take-back"),
    path("demands/<int:pk>/<slug:deed>/", desk.work, name="work"),
    path("receive/", desk.receive, name="receive"),
    path("who/", desk.who, name="who"),
    path("visits/", visits.visit_list, name="visits"),
    path("visits/<int:pk>/undo/", visits.undo, name="visit-undo"),
    path("visits/kinds/", visits.kind_list, name="visit-kinds"),
    path("visits/kinds/<int:pk>/", visits.kind_list, name="visit-kind"),
    path("visits.pdf", paper.visit_list, name="visits-pdf"),
    path("calls.pdf", paper.call_list, name="calls-pdf"),
    path("emergency/", packs.pack_list, name="packs"),
    path("emergency/make/", packs.make, name="pack-make"),
    path("emergency/<int:pk>/print/", packs.print_out, name="pack-print"),
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
    path("follow/<slug:code>/object/", stories.object_to, name="object"),
    path("stories/", stories.story_list, name="stories"),
    path("stories/<slug:code>/", stories.story, name="story"),
    path("month/", stories.month, name="month"),
    path("month.pdf", paper.month, name="month-pdf"),
]
