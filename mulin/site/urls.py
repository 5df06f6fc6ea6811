"""The addresses of the roof. Each view says by its mark who may open it."""

from django.urls import path, re_path

from mulin.site.views import pages, preferences

app_name = "site"

urlpatterns = [
    path("", pages.home, name="home"),
    path("mine/", pages.mine, name="mine"),
    path("ours/", pages.ours, name="ours"),
    path("help/", pages.help_page, name="help"),
    path("screen/", pages.screen, name="screen"),
    path("search/", pages.search, name="search"),
    # Short addresses for printed codes; a QR code stores capitals in less space.
    re_path(r"^(?i:n)/(?P<code>[0-9A-Za-z]{6,16})/$", pages.need, name="need"),
    re_path(r"^(?i:q)/(?P<code>[0-9A-Za-z]{6,16})/$", pages.opened, name="opened"),
    path("preferences/", preferences.preferences, name="preferences"),
]
