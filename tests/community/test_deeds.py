"""Several small forms on one page: what is shown, done, said; what is refused stands there again."""

import re
from dataclasses import replace

import pytest
from django import forms
from django.contrib.messages import get_messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import Http404
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from mulin.ground.community.deeds import Deed, do, press, shown
from mulin.kit.forms import ActForm
from mulin.kit.refusals import Refused


class WhyForm(ActForm):
    why = forms.CharField()


def sent(**typed):
    request = RequestFactory().post("/", typed)
    request._messages = CookieStorage(request)
    return request


def said(request):
    return [(one.level_tag, str(one)) for one in get_messages(request)]


def refuse(_form, _request):
    raise Refused("not now", field="why")


DEEDS = {
    "end": Deed("End it", lambda form, _request: None, "Ended.", WhyForm, {"why": "late"}, "Mind."),
    "tell": Deed("Tell", lambda form, _request: f"Told {form.cleaned_data['why']}.", "", WhyForm),
    "go": Deed("Go", lambda _form, _request: None, "Gone.", is_with_files=True),
    "row": Deed("", refuse, "", WhyForm, is_line=True),
    "no": Deed("No", refuse, "", WhyForm),
}


def test_a_page_shows_each_form_as_it_begins_and_no_button_of_a_line():
    end, tell, go, no = shown(DEEDS, "/{}/".format, initial={"why": "?"})
    assert (end.title, end.url, end.hint, end.is_press) == ("End it", "/end/", "Mind.", False)
    assert [one.form["why"].value() for one in (end, tell, no)] == ["late", "?", "?"]
    assert (go.is_press, go.is_with_files, end.is_with_files) == (True, True, False)
    # Two forms of a page may ask for the same thing.
    assert end.form["why"].id_for_label != tell.form["why"].id_for_label


def test_what_is_done_is_said_in_its_own_words_if_it_has_some():
    request = sent(why="her")
    assert do(DEEDS, "end", request) is None
    assert do(DEEDS, "tell", request) is None
    assert said(request) == [("success", "Ended."), ("success", "Told her.")]


@pytest.mark.parametrize(("typed", "fault"), [({}, "这里还没填"), ({"why": "so"}, "not now")])
def test_what_is_refused_stands_there_with_what_was_typed(typed, fault):
    request = sent(**typed)
    form = do(DEEDS, "no", request)
    (one,) = [line for line in shown(DEEDS, "/{}/".format, ("no", form)) if line.name == "no"]
    assert one.form is form
    assert fault in str(form.errors["why"])
    assert said(request) == []


def test_a_line_has_no_room_for_a_refusal_so_it_is_said():
    request = sent(why="so")
    assert do(DEEDS, "row", request) is None
    assert said(request) == [("error", "not now")]


def test_a_deed_that_the_page_does_not_have_is_not_found():
    with pytest.raises(Http404):
        do(DEEDS, "other", sent())


def test_a_button_is_done_with_the_token_that_was_sent_or_refused_with_the_reason():
    tokens = []
    request = sent(token="t1")
    assert press(request, tokens.append, "Done.")
    assert not press(request, lambda _token: refuse(None, None), "Done.")
    assert tokens == ["t1"]
    assert said(request) == [("success", "Done."), ("error", "not now")]


def test_a_form_that_is_kept_looks_as_it_would_if_it_were_drawn_and_shares_no_value():
    """Names with marks of HTML, two people, two languages: each page has its own, and nobody else's."""
    kept = {"end": replace(DEEDS["tell"], hint="Mind.", is_kept=True)}
    fresh = {"end": replace(kept["end"], is_kept=False)}
    template = Template('{% include "kit/deeds.html" %}')
    pages = []
    for number, (why, language) in enumerate(
        [("<b>\"O'", "zh-hans"), ("she", "en"), ("<b>", "zh-hans")]
    ):
        with translation.override(language):
            page, drawn = (
                template.render(
                    Context(
                        {
                            "deeds": shown(deeds, "/{}/?a=1&b=2".format, initial={"why": why}),
                            "csrf_token": f"secret{number}",
                        }
                    )
                )
                for deeds in (kept, fresh)
            )
        tokens = [re.search(r'name="token" value="([^"]+)"', one)[1] for one in (page, drawn)]
        assert page.replace(tokens[0], tokens[1]) == drawn
        pages.append((page, tokens[0]))
    assert len({token for _page, token in pages}) == 3
    assert "secret0" not in pages[2][0]


def test_a_kept_form_that_was_refused_stands_there_with_what_was_typed():
    kept = {"no": replace(DEEDS["no"], is_kept=True)}
    form = do(kept, "no", sent(why="so"))
    (one,) = shown(kept, "/{}/".format, ("no", form))
    assert one.form is form
