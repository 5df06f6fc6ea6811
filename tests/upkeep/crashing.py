"""Pages that break with somebody's name in the error, beside the pages of the house."""

from django.http import HttpResponse
from django.urls import path

from mulin import urls
from mulin.ground.community.access import public
from mulin.ground.community.models import Street

handler400, handler404, handler500 = urls.handler400, urls.handler404, urls.handler500


@public
def twice(request, name):
    """The database refuses the second row, and says in its error which."""
    Street.objects.create(name=name)
    Street.objects.create(name=name)
    return HttpResponse()


@public
def nowhere(request, name):
    try:
        int(name)
    except ValueError as error:
        raise LookupError(f"{name} is not here") from error


urlpatterns = [
    path("crash/<str:name>/twice/", twice, name="twice"),
    path("crash/<str:name>/nowhere/", nowhere, name="nowhere"),
    *urls.urlpatterns,
]
