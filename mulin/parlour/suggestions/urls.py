"""Addresses of ideas."""

from django.urls import path

from mulin.parlour.suggestions.views import desk, resident

app_name = "suggestions"

urlpatterns = [
    # Open to the street.
    path("", resident.idea_list, name="ideas"),
    path("say/", resident.say, name="say"),
    path("similar/", resident.similar, name="similar"),
    path("became/", resident.became_list, name="became"),
    path("waiting/", resident.waiting_list, name="waiting"),
    path("<int:pk>/", resident.idea, name="idea"),
    path("<int:pk>/stand/", resident.stand, name="stand"),
    path("desk/", desk.idea_list, name="desk"),
    path("hear/", desk.hear, name="hear"),
    path("desk/<int:pk>/", desk.idea, name="desk-idea"),
    path("desk/<int:pk>/<slug:deed>/", desk.work, name="work"),
]
