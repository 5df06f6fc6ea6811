"""The addresses of buildings and places. None is public; what a printed code opens is the roof's."""

from django.urls import path

from mulin.ground.places import views

app_name = "places"

urlpatterns = [
    path("", views.place_list, name="list"),
    path("buildings/new/", views.new_building, name="new-building"),
    path("buildings/<int:pk>/", views.building, name="building"),
    path("buildings/<int:pk>/units/", views.add_unit, name="add-unit"),
    path("units/<int:pk>/dwellings/", views.add_dwellings, name="add-dwellings"),
    path("homes/settle/", views.settle, name="settle"),
    path("homes/<int:pk>/", views.home, name="home"),
    path("homes/<int:pk>/leave/", views.leave, name="leave"),
    path("new/", views.new_place, name="new-place"),
    path("<int:pk>/", views.place, name="place"),
    path("<int:pk>/hours/", views.hours, name="hours"),
    path("photos/<slug:code>/<slug:size>/", views.photo, name="photo"),
    path("<int:pk>/close/", views.close, name="close"),
    path("<int:pk>/<slug:deed>/", views.place_act, name="place-act"),
    path("buildings/<int:pk>/position/", views.building_position, name="building-position"),
    path("codes/", views.codes, name="codes"),
    path("codes/<slug:shape>.pdf", views.codes_pdf, name="codes-pdf"),
]
