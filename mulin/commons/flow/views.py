"""Photos of needs, opened only by whoever may read the need they belong to."""

from django.http import FileResponse, Http404

from mulin.commons.flow.models import FOR_STAFF, Need, NeedPhoto, PhotoMoment, Visibility
from mulin.commons.flow.receivers import works_on
from mulin.ground.community.access import Request, public
from mulin.kit.files import photo_response


@public
def photo(request: Request, code: str) -> FileResponse:
    """The photo itself. `?key=` is the code of the need, for a passer-by who follows their own."""
    return photo_response(_found(request, code).file)


@public
def photo_small(request: Request, code: str) -> FileResponse:
    """Its small copy, under the same permission."""
    return photo_response(_found(request, code).thumb)


def _found(request: Request, code: str) -> NeedPhoto:
    found: NeedPhoto | None = NeedPhoto.objects.select_related("need").filter(code=code).first()
    if found is None:
        raise Http404
    hidden = found.need.is_sealed or found.need.visibility == Visibility.CONFIDENTIAL
    if found.is_public and not hidden:
        return found
    key = request.GET.get("key", "")
    holds_code = bool(key) and key == found.need.follow_code and not found.need.is_sealed
    is_seen = holds_code or Need.objects.visible_to(request.actor).filter(pk=found.need_id).exists()
    if found.moment in FOR_STAFF or not is_seen:
        is_seen = works_on(request.actor, found.need)
    names_asker = found.moment == PhotoMoment.SHEET
    if names_asker and found.need.visibility == Visibility.ANONYMOUS:
        is_seen = is_seen and request.actor.is_desk
    if not is_seen:
        raise Http404
    return found
