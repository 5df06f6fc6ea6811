"""Addresses of the circle."""

from django.urls import path

from mulin.circle.proximity import views

app_name = "proximity"

urlpatterns = [
    path("", views.near, name="around"),
    path("places/<int:pk>/", views.place, name="place"),
    path("wall/<int:pk>/", views.wall, name="wall"),
    path("coverage/", views.covered, name="coverage"),
    path("next/", views.next_place, name="next"),
    path("map/", views.map_page, name="map"),
    path("map/<slug:deed>/", views.map_act, name="map-act"),
    path("map/<int:pk>/<slug:deed>/", views.map_row, name="map-row"),
]
