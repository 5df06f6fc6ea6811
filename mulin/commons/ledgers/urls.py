"""Addresses of old ledgers."""

from django.urls import path

from mulin.commons.ledgers import views

app_name = "ledgers"

urlpatterns = [
    path("", views.files, name="files"),
    path("template/<str:name>/", views.template, name="template"),
    path("<int:pk>/", views.file, name="file"),
    path("<int:pk>/undo/", views.undo, name="undo"),
]
