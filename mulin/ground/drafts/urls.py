"""Addresses of what was typed and not sent."""

from django.urls import path

from mulin.ground.drafts import views

app_name = "drafts"

urlpatterns = [
    path("", views.mine, name="mine"),
    path("kept/", views.kept, name="kept"),
    path("keep/", views.keep, name="keep"),
    path("throw-away/", views.throw, name="throw-away"),
]
