"""Addresses of what belongs to needs."""

from django.urls import path

from mulin.commons.flow import views

app_name = "flow"

urlpatterns = [
    path("photos/<slug:code>/", views.photo, name="photo"),
    path("photos/<slug:code>/small/", views.photo_small, name="photo-small"),
]
