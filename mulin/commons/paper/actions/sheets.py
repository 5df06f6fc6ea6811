"""Sheets are printed: each with a serial of its own, each version kept as it was."""

from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from mulin.commons.paper.models import FormVersion, Sheet
from mulin.commons.paper.registry import ABOUT, PaperUse, dealt
from mulin.commons.paper.rules import MOST_SHEETS
from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor
from mulin.kit.forms import fresh_token
from mulin.kit.ids import public_code
from mulin.kit.paper.definition import Form, FormFault, rows_of
from mulin.kit.refusals import NotPermitted, Refused

_SERIAL = 10


def print_sheets(
    use: PaperUse, *, count: int, by: Actor, now: datetime, token: str | None = None,
    about: str = "",
) -> list[Sheet]:  # fmt: skip
    """Fresh sheets of a form, `about` one of its subjects; of a list, as many as it needs now.

    Raises NotPermitted, Refused, and FormFault for a definition that was changed without a new
    version.
    """
    if not use.may(by):
        raise NotPermitted(_("Please ask at the desk."))
    if not 1 <= count <= MOST_SHEETS:
        raise Refused(
            _("Print 1 to %(most)d sheets at once."), {"most": MOST_SHEETS}, field="count"
        )
    batch = token or fresh_token()
    with recording(by, "paper.print_sheets", now=now, token=token) as act:
        if act.is_repeat:
            return list(Sheet.objects.filter(batch=batch).select_related("version"))
        if use.subjects and about not in use.subjects_for(by, now):
            raise Refused(_("Nothing can be printed for it now."), field="about")
        version = version_of(use, community_id=by.community_id, now=now, about=about)
        rows = (
            _rows(use, version.form, by, now) if use.rows else _copies(use, version.form, about)
        ) * (count if use.rows is None else 1)
        sheets: list[Sheet] = Sheet.objects.bulk_create(
            Sheet(
                community_id=by.community_id, serial=public_code(_SERIAL), version=version,
                batch=batch, printed_at=now, printed_by_id=by.account_id, rows=one,
            )
            for one in rows
        )  # fmt: skip
        act.on(version, after={"sheets": len(sheets)})
    return sheets


def _rows(use: PaperUse, form: Form, by: Actor, now: datetime) -> list[dict[str, str]]:
    """What the rows of each sheet stand for. Raises Refused for a list without anybody."""
    names, due = rows_of(form), list(use.rows.due(by, now)) if use.rows else []
    if not due:
        raise Refused(_("Nobody is on this list now."))
    return dealt(names, due)


def _copies(use: PaperUse, form: Form, about: str) -> list[dict[str, str]]:
    """What the rows of each sheet of one copy stand for."""
    if use.subjects is None:
        return [{}]
    return [{**rows, ABOUT: about} for rows in use.rows_about(about, form)]


def version_of(use: PaperUse, *, community_id: int, now: datetime, about: str = "") -> FormVersion:
    """The version of a form as it is now, written down when it is first needed. Part of an action.

    Raises FormFault when another definition goes by the same version.
    """
    form = use.form if use.is_fixed else _numbered(use.form_about(about))
    version: FormVersion
    version, _made = FormVersion.objects.get_or_create(
        community_id=community_id, code=form.code, version=form.version,
        defaults={
            "definition": form.as_json(), "fingerprint": form.fingerprint, "first_printed_at": now,
        },
    )  # fmt: skip
    if version.fingerprint != form.fingerprint:
        raise FormFault(f"{form.code}: version {form.version} was printed with other questions")
    return version


def _numbered(form: Form) -> Form:
    """What a community asks, under the number it was printed with, or under the next."""
    known = [one.form for one in FormVersion.objects.filter(code=form.code).order_by("version")]
    for one in known:
        if replace(one, version=form.version) == form:
            return one
    return replace(form, version=known[-1].version + 1 if known else 1)
