"""The auditor's addresses."""

from django.urls import path

from mulin.ground.audit import views

app_name = "audit"

urlpatterns = [
    path("", views.acts, name="acts"),
    path("looks/", views.look_list, name="looks"),
]
