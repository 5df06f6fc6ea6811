"""Which forms there are on paper, and what becomes of each. Rooms register theirs in `apps.py`."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Final, Protocol

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise

from mulin.commons.paper.rules import MOST_SHEETS
from mulin.ground.audit.verbs import name_looks
from mulin.ground.community.rules import Actor, Role
from mulin.ground.people.models import Person
from mulin.kit.paper.definition import Form, FormFault, filled, pages_of, rows_of
from mulin.kit.photos import CleanPhoto

if TYPE_CHECKING:
    from mulin.commons.paper.models import Sheet


@dataclass(frozen=True, slots=True)
class Taken:
    """What a form says, as its typed form cleaned it; whose it is, if the desk knows; its sheet; the
    reference of what it is about, where a form has subjects; and what its rows stand for, field by
    field, which of a list without paper are those that were read out.
    """

    values: Mapping[str, Any]  # Any: what each kind of field gives
    person: Person | None = None
    picture: CleanPhoto | None = None
    sheet: "Sheet | None" = None
    about: str = ""
    rows: Mapping[str, str] = field(default_factory=dict)


class Take(Protocol):
    """Makes the record of a form within the transaction of whoever hands it in."""

    def __call__(self, taken: Taken, *, by: Actor, now: datetime) -> models.Model: ...


@dataclass(frozen=True, slots=True)
class Rows:
    """A list that is printed for what stands on it now: `due` gives a reference for each row, in
    order, to whoever prints; `words` what a row says to whoever may read it, by reference.
    """

    due: Callable[[Actor, datetime], Sequence[str]]
    words: Callable[[Actor, Collection[str]], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Subjects:
    """What a form is about, one thing at a time: a question, a gathering.

    `due` gives reference and name of each that sheets are printed for now, the most wanted first.
    `define` is the form of one, where what is asked is its own (the use is not `is_fixed` then).
    `rows` gives the references that fill its rows: all on every copy, or, if it `is_list`, dealt out
    over as many sheets as it takes; `words` what each says to whoever may read it. A list `in_copies`
    names nobody: as many are printed as somebody wants.
    """

    due: Callable[[Actor, datetime], Sequence[tuple[str, str]]]
    define: Callable[[str], Form | None] | None = None
    rows: Callable[[str], Sequence[str]] | None = None
    words: Callable[[Actor, Collection[str]], Mapping[str, str]] | None = None
    is_list: bool = False
    in_copies: bool = False


#: Under which a sheet keeps the reference of what it is about, beside those of its rows.
ABOUT: Final = "about"


@dataclass(frozen=True, slots=True)
class PaperUse:
    """A form of a room: `define` gives it in the language that is active, `take` makes its record,
    a row of `model`; `number` says what it is called, `page` is the name of its address, which all
    its records share if it `is_one_page`. `rows` makes it a list.

    A form that is not `is_fixed` asks what its community has written (a survey): None while there is
    nothing to ask; its versions are counted as they are printed. `keeps_nothing`: what a sheet says
    is secret, so that picture and readings go when it is handed in; `hides_person`: nor is it noted
    whose it was. `is_unspoken`: of children, health or a dispute, so that it is not dictated either. With `subjects` each sheet is
    about one of them; `name` says what the form is called where that is not its title. So many
    `copies` are proposed to whoever prints: one of what is about one person.
    """

    code: str
    define: Callable[[], Form | None]
    take: Take
    number: Callable[[models.Model], str]
    model: str
    page: str
    roles: frozenset[Role]
    is_one_page: bool = False
    rows: Rows | None = None
    is_fixed: bool = True
    keeps_nothing: bool = False
    hides_person: bool = False
    is_unspoken: bool = False
    subjects: Subjects | None = None
    name: str | Promise = ""
    copies: int = 10

    @property
    def title(self) -> str:
        """What the form is called."""
        return str(self.name) or self.form.title

    @property
    def is_list(self) -> bool:
        """Whether its sheets are printed for whoever stands on it."""
        return self.rows is not None or (self.subjects is not None and self.subjects.is_list)

    @property
    def is_typed(self) -> bool:
        """Whether it can be read out and typed without paper, whole.

        Not a list whose every row has a page of its own, asked by the same definition (a call, a
        household), nor one that goes through a box and is opened there (the appraisal).
        """
        return not self.is_list or (self.rows is None and not self.in_copies)

    @property
    def in_copies(self) -> bool:
        """Whether somebody says how many are printed: of a list that names people it is one."""
        return not self.is_list or (self.subjects is not None and self.subjects.in_copies)

    def form_about(self, about: str) -> Form:
        """The definition for one of its subjects, or the form's own.

        Raises LookupError while there is nothing to ask.
        """
        if self.subjects is None or self.subjects.define is None:
            return self.form
        define = self.subjects.define
        return _checked(self.code, lambda: define(about))

    def subjects_for(self, actor: Actor, now: datetime) -> dict[str, str]:
        """What sheets are printed for now: reference → name; empty for a form about no one thing."""
        return dict(self.subjects.due(actor, now)) if self.subjects else {}

    @property
    def form(self) -> Form:
        """The definition, in the community's language: it is what stands on the paper.

        Raises LookupError while there is nothing to ask.
        """
        return _form_of(self.code) if self.is_fixed else _checked(self.code, self.define)

    @property
    def is_there(self) -> bool:
        """Whether there is something to ask."""
        return self.is_fixed or self.subjects is not None or self.define() is not None

    def path(self, record_id: int) -> str:
        """Where the record of this form stands."""
        return reverse(self.page, args=[] if self.is_one_page else [record_id])

    def words_on(self, sheet: "Sheet | None", by: Actor) -> dict[str, str]:
        """What the rows of a sheet say, by their field; empty for a form without such rows."""
        return self._said(sheet.rows, by) if sheet is not None else {}

    def asked_on(self, form: Form, sheet: "Sheet | None", by: Actor) -> Form:
        """What one sheet asks: of a list, the rows that stand on it."""
        return filled(form, self.words_on(sheet, by)) if self._words else form

    def rows_about(self, about: str, form: Form) -> list[dict[str, str]]:
        """What the rows of each sheet about one subject stand for now; a list may take several, and
        without anybody on it is one of no rows.
        """
        names = rows_of(form)
        refs = list(self.subjects.rows(about)) if self.subjects and self.subjects.rows else []
        if not self.is_list:
            return [dict(zip(names, refs, strict=False))]
        return dealt(names, refs) or [{}]

    def asked_about(self, about: str, rows: Mapping[str, str], by: Actor) -> Form:
        """What is asked about one subject without a sheet, as over the phone, of these rows."""
        form = self.form_about(about)
        return filled(form, self._said(rows, by)) if self._words else form

    @property
    def _words(self) -> Callable[[Actor, Collection[str]], Mapping[str, str]] | None:
        if self.rows is not None:
            return self.rows.words
        return self.subjects.words if self.subjects is not None else None

    def _said(self, rows: Mapping[str, str], by: Actor) -> dict[str, str]:
        refs = {name: ref for name, ref in rows.items() if name != ABOUT}
        said = self._words(by, set(refs.values())) if self._words and refs else {}
        return {name: said.get(ref, "") for name, ref in refs.items()}

    def may(self, actor: Actor) -> bool:
        """Whether this actor works with this form."""
        return actor.has(*self.roles)


def dealt(names: Sequence[str], refs: Sequence[str]) -> list[dict[str, str]]:
    """What stands on a list, over as many sheets as it takes: on each, what its rows stand for."""
    starts = range(0, min(len(refs), MOST_SHEETS * len(names)), len(names))
    return [dict(zip(names, refs[start:], strict=False)) for start in starts]


_uses: dict[str, PaperUse] = {}


def register(use: PaperUse) -> None:
    """Called once by a room's `apps.py`."""
    _uses[use.code] = use
    _form_of.cache_clear()


def uses_for(actor: Actor) -> list[PaperUse]:
    """The forms this actor works with now, by their code."""
    return [use for use in uses() if use.may(actor) and use.is_there]


def uses() -> list[PaperUse]:
    """Every form of the product."""
    return [use for _code, use in sorted(_uses.items())]


def use_of(code: str) -> PaperUse:
    """Raises LookupError for a code that no room registered."""
    try:
        return _uses[code]
    except KeyError:
        msg = f"no form {code}"
        raise LookupError(msg) from None


@dataclass(frozen=True, slots=True)
class Seal:
    """How a room locks its sheets with a key of its own, by the id of the record they are about:
    the PDF as text for a column, and back. Either may raise what the room raises without its key.
    """

    close: Callable[[int, bytes], str]
    open: Callable[[int, str], bytes]


@dataclass(frozen=True, slots=True)
class HandedUse:
    """A kind of sheet that a room hands out: what it is called, the `model` it is about, the name
    of the page of its record, and who may print it for a record of this id. With a `seal` only the
    room's own key opens what is kept.
    """

    kind: str
    label: str | Promise
    model: str
    page: str
    may: Callable[[Actor, int], bool]
    seal: Seal | None = None

    def path(self, record_id: int) -> str:
        """Where the record of such a sheet stands."""
        return reverse(self.page, args=[record_id])


_handed: dict[str, HandedUse] = {}


def register_handed(use: HandedUse) -> None:
    """Called once by a room's `apps.py`."""
    _handed[use.kind] = use
    name_looks(use.model, {use.kind: use.label})


def handed_use_of(kind: str) -> HandedUse:
    """Raises LookupError for a kind that no room registered."""
    try:
        return _handed[kind]
    except KeyError:
        msg = f"no kind of sheet {kind}"
        raise LookupError(msg) from None


@cache
def _form_of(code: str) -> Form:
    return _checked(code, use_of(code).define)


def _checked(code: str, define: Callable[[], Form | None]) -> Form:
    with translation.override(settings.LANGUAGE_CODE):
        form = define()
    if form is None:
        raise LookupError(f"{code}: nothing to ask")
    if form.code != code:
        raise FormFault(f"{code}: registered under another code than {form.code}")
    if len(pages_of(form)) > 1:
        # A sheet becomes a record by itself; pages that belong together would have to wait.
        raise FormFault(f"{code}: a form is one page")
    return form
