"""Addresses of the figures."""

from django.urls import path

from mulin.ground.figures import views

app_name = "figures"

urlpatterns = [
    path("", views.overview, name="index"),
    path("<str:name>/", views.figure, name="figure"),
]
