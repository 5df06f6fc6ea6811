"""The operator's page: how the installation is."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mulin.ground.community.access import Request, opened_to
from mulin.ground.community.rules import Role
from mulin.ground.upkeep.health import signs


@opened_to(Role.INSTALLER)
@require_safe
def installation(request: Request) -> HttpResponse:
    """What works, what waits, and what to see to; nothing of what people said."""
    context = {"signs": signs(request.community.pk, request.now)}
    return render(request, "site/installation.html", context)
