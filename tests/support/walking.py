"""Somebody walks from the first page to an act, by what stands on each page; taps are counted.

    walk = Walk(client).begin("/")
    walk.tap("/reception/tell/")                       # a link that stands on the page
    walk.send("/reception/tell/", words="路灯不亮")     # a form that stands there
    walk.press("data-next")                            # a button of the page's script
    (walk.taps, walk.fields)

A link, a button and a choice are a tap each; a field that is typed into is a field. A form inside a
closed <details> costs the tap that opens it. What is not on the page can't be tapped.
"""

from dataclasses import dataclass, field
from html.parser import HTMLParser

TYPED = {"text", "tel", "number", "search", "date", "time", "password", "textarea", ""}


@dataclass
class Form:
    """A form as it stands on a page."""

    action: str
    method: str
    is_folded: bool
    values: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class _Page(HTMLParser):
    def __init__(self, path: str) -> None:
        super().__init__()
        self.path, self.links, self.forms = path, [], []
        self.marks: list[str] = []
        self._folds: list[bool] = []
        self._select = self._area = ""

    @property
    def _form(self) -> Form | None:
        return self.forms[-1] if self.forms and self.forms[-1].method else None

    def handle_starttag(self, tag, attrs):
        given = {name: value or "" for name, value in attrs}
        if tag in {"button", "input"}:
            self.marks += [*given, given.get("id", "")]
        if tag == "details":
            self._folds.append("open" not in given)
        elif tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif tag == "form":
            action = given.get("action") or self.path
            self.forms.append(Form(action, given.get("method", "get"), any(self._folds)))
        elif self._form is not None:
            self._in_form(tag, given)

    def handle_endtag(self, tag):
        if tag == "details" and self._folds:
            self._folds.pop()
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._area = ""

    def handle_data(self, data):
        if self._area and self._form is not None:
            self._form.values[self._area] += data.strip("\n")

    def _in_form(self, tag, given):
        form, name, kind = self.forms[-1], given.get("name", ""), given.get("type", "")
        if tag == "button" and kind != "button":
            form.buttons.append((name, given.get("value", "")))
        elif tag == "select":
            self._select = name
            form.kinds[name] = "choice"
            form.values.setdefault(name, "")
        elif tag == "option" and self._select and "selected" in given:
            form.values[self._select] = given.get("value", "")
        elif tag == "textarea":
            self._area = name
            form.kinds[name], form.values[name] = "textarea", ""
        elif tag == "input" and name:
            is_choice = kind in {"radio", "checkbox"}
            form.kinds[name] = "choice" if is_choice else kind
            if not is_choice or "checked" in given:
                form.values[name] = given.get("value", "on" if is_choice else "")


class Walk:
    """One walk of one visitor."""

    def __init__(self, client) -> None:
        self.client, self.taps, self.fields = client, 0, 0

    def begin(self, path: str) -> "Walk":
        """The first page; redirects cost nobody a tap."""
        return self._read(self.client.get(path, follow=True))

    def tap(self, start: str) -> "Walk":
        """Tap the link that begins so."""
        found = next((one for one in self.page.links if one.startswith(start)), None)
        assert found is not None, f"no link to {start} on {self.page.path}: {self.page.links}"
        self.taps += 1
        return self._read(self.client.get(found, follow=True))

    def send(self, action: str, press: tuple[str, str] | None = None, **typed: str) -> "Walk":
        """Fill in the form with this action and press its button, or the one that is named."""
        form = next((one for one in self.page.forms if one.action == action), None)
        assert form is not None, f"no form {action}: {[one.action for one in self.page.forms]}"
        self.taps += 1 + form.is_folded
        for name in typed:
            assert name in form.kinds, f"no field {name}: {form.kinds}"
            assert form.kinds[name] != "hidden", f"nobody can type into {name}"
            if form.kinds[name] in TYPED:
                self.fields += 1
            else:
                self.taps += 1
        if press is not None:
            assert press in form.buttons, f"no button {press}: {form.buttons}"
        values = form.values | typed | ({press[0]: press[1]} if press else {})
        return self._read(self.client.post(action, values, follow=True))

    def press(self, *marks: str) -> "Walk":
        """Press what the page's own script answers: a button or a box with this attribute or id."""
        for mark in marks:
            assert mark in self.page.marks, f"nothing {mark} to press on {self.page.path}"
        self.taps += len(marks)
        return self

    def _read(self, answer) -> "Walk":
        assert answer.status_code == 200, answer.status_code
        path = (
            answer.redirect_chain[-1][0] if answer.redirect_chain else answer.request["PATH_INFO"]
        )
        self.page = _Page(path)
        self.page.feed(answer.content.decode())
        return self
