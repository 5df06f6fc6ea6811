"""The addresses of the roof. Each view says by its mark who may open it."""

from django.urls import path

from mulin.site.views import preferences

app_name = "site"

urlpatterns = [
    path("preferences/", preferences.preferences, name="preferences"),
]
