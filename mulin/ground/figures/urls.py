"""Addresses of the figures."""

from django.urls import path

from mulin.ground.figures import views

app_name = "figures"

urlpatterns = [
    path("", views.overview, name="index"),
    path("open/", views.years, name="open"),
    path("open/<int:year>/book.pdf", views.book, name="book"),
    path("open/<int:year>/tables.zip", views.open_files, name="open-files"),
    path("<str:name>/", views.figure, name="figure"),
]
