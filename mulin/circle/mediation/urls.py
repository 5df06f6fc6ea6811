"""Addresses of the mediation room."""

from django.urls import path

from mulin.circle.mediation.views import cases, intake, openings, panel, papers

app_name = "mediation"

urlpatterns = [
    path("", panel.about, name="about"),
    path("take-in/", intake.take_in, name="take-in"),
    path("ways/", intake.ways, name="ways"),
    path("cases/", cases.register, name="register"),
    path("cases/<int:pk>/", cases.case, name="case"),
    path("cases/<int:pk>/paper/<str:kind>/", papers.paper_of, name="paper"),
    path("cases/<int:pk>/<str:deed>/", cases.deed, name="deed"),
    path("panel/", panel.panel, name="panel"),
    path("committee/", panel.committee, name="committee"),
    path("committee/<slug:what>/<int:pk>/", panel.committee_drop, name="committee-drop"),
    path("help/", panel.helps, name="help"),
    path("openings/", openings.openings, name="openings"),
]
