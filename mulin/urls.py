"""Mounts each package under its own name: the first word of an address is the room's folder.

`mulin.site`, the roof, stands at the root.
"""

from importlib.util import find_spec

from django.apps import apps
from django.urls import URLPattern, URLResolver, include, path

ROOF = "mulin.site"

urlpatterns: list[URLPattern | URLResolver] = [
    path("" if app.name == ROOF else f"{app.label}/", include(f"{app.name}.urls"))
    for app in apps.get_app_configs()
    if app.name.startswith("mulin.") and find_spec(f"{app.name}.urls")
]

handler400 = "mulin.site.views.errors.bad_request"
handler403 = "mulin.site.views.errors.forbidden"
handler404 = "mulin.site.views.errors.not_found"
handler500 = "mulin.site.views.errors.server_error"
