"""When a page can't be shown, it says what to do; in the looks of the device, without a query."""

import pytest
from django.test import Client, RequestFactory

from mulin.site.views import errors


@pytest.mark.parametrize(
    ("view", "arguments", "status"),
    [
        (errors.bad_request, (ValueError(),), 400),
        (errors.forbidden, (PermissionError(),), 403),
        (errors.not_found, (LookupError(),), 404),
        (errors.server_error, (), 500),
        (errors.csrf_failure, (), 403),
        (errors.locked_out, (), 429),
        (errors.not_set_up, (), 503),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_an_error_page_stands_without_a_database(view, arguments, status):
    request = RequestFactory().get("/")
    request.COOKIES["mulin_type"] = "large"
    answer = view(request, *arguments)
    page = answer.content.decode()
    assert answer.status_code == status
    assert 'data-type="large"' in page
    assert "<h1>" in page


def test_a_form_from_elsewhere_is_turned_away_in_words(cast):
    client = Client(enforce_csrf_checks=True)
    answer = client.post("/preferences/", {"type": "large"})
    assert answer.status_code == 403
    assert answer.templates[0].name == "csrf_failure.html"


def test_an_address_with_nonsense_in_it_is_not_found(cast, client):
    for path in ("/nothing/", "/team/999/", "/card/short/", "/q/%00/", "/c/%F0%9F%98%80/"):
        assert client.get(path).status_code in {302, 404}
