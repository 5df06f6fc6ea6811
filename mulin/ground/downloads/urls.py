"""Addresses of the files one takes away."""

from django.urls import path

from mulin.ground.downloads import views

app_name = "downloads"

urlpatterns = [
    path("", views.mine, name="mine"),
    path("new/<str:name>/", views.ask, name="ask"),
    path("<int:pk>/file/", views.fetch, name="file"),
]
