"""The desk prints sheets, takes filled-in ones in, and goes over what was read beside the picture."""

from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from mulin.commons.paper.actions.handed import hand_out, print_again
from mulin.commons.paper.actions.readings import (
    finish,
    hand_in_typed,
    look_after_all,
    name_sheet,
    throw_away,
)
from mulin.commons.paper.actions.scans import take_in
from mulin.commons.paper.actions.sheets import print_sheets
from mulin.commons.paper.actions.street import send_in
from mulin.commons.paper.forms import (
    AgainForm,
    ListForm,
    Look,
    NameForm,
    PrintForm,
    SendForm,
    TakeInForm,
    ThrowForm,
    Typed,
)
from mulin.commons.paper.letters import LETTERS, may_print_of
from mulin.commons.paper.models import Handed, Reading
from mulin.commons.paper.permissions import HANDED_ROLES, PAPER_ROLES, may_finish, may_see_handed
from mulin.commons.paper.pressing import sheets_on_paper
from mulin.commons.paper.queries import (
    asked_on,
    handed_for,
    looked_fields,
    next_after,
    readings,
    scans_to_tell,
    sent_in,
    waiting_count,
    waiting_elsewhere,
)
from mulin.commons.paper.registry import PaperUse, handed_use_of, use_of, uses_for
from mulin.commons.paper.rules import ReadingState, ScanState
from mulin.ground.audit.actions import record_look
from mulin.ground.community.access import Request, opened_to, public
from mulin.ground.community.rules import DESK_ROLES
from mulin.ground.people.models import Person
from mulin.kit.acts import attempt
from mulin.kit.channels import Channel
from mulin.kit.forms import PlainForm
from mulin.kit.paging import page_of
from mulin.kit.paper.definition import SheetCode
from mulin.kit.paper.printing import (
    PressFailed,
    PressMissing,
    no_press,
    pdf_response,
    press_failed,
)
from mulin.kit.paper.reading import is_reader_there

#: Of one form on the desk's page; any other is printed from its own page.
_MOST_SUBJECTS = 5


@opened_to(*PAPER_ROLES)
def desk(request: Request) -> HttpResponse:
    """The forms to print, the place to hand pictures in, and what waits for a look."""
    form = TakeInForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        kept, refused = form.cleaned_data["sheets"]
        taken = attempt(
            form,
            lambda: take_in(
                kept, community=request.community, by=request.actor, now=request.now,
                token=form.idempotency_token,
            ),
        )  # fmt: skip
        if taken is not None:
            _tell_taken(request, len(taken), refused)
            return redirect("paper:desk")
    show = "ended" if request.GET.get("show") == "ended" else ""
    scans = scans_to_tell(request.actor, request.now)
    context = {
        "form": form,
        "forms": _forms_to_print(request),
        "page": page_of(readings(request.actor, show=show), request.GET),
        "show": show,
        "waiting": waiting_count(request.actor),
        "elsewhere": waiting_elsewhere() if request.actor.is_desk else [],
        "scans": scans,
        "is_reading": any(one.state != ScanState.FAILED for one in scans),
        "is_reader_there": is_reader_there(),
    }
    return render(request, "paper/desk.html", context, status=422 if form.errors else 200)


@dataclass(frozen=True, slots=True)
class PrintLine:
    """One thing that a form is printed for; of a form that has no subjects, the form itself."""

    about: str
    name: str
    form: ListForm


@dataclass(frozen=True, slots=True)
class PrintCard:
    """A form as it is offered for printing, and how many things more there are than are shown."""

    use: PaperUse
    lines: list[PrintLine]
    more: int


def _forms_to_print(request: Request) -> list[PrintCard]:
    """Every form that asks something now, those about no one thing first; one about a question or a
    gathering for the first of those there are.
    """
    cards = []
    for use in sorted(uses_for(request.actor), key=lambda one: one.subjects is not None):
        subjects = use.subjects_for(request.actor, request.now) if use.subjects else {"": ""}
        made = PrintForm if use.in_copies else ListForm
        lines = [
            PrintLine(
                about,
                name,
                made(
                    auto_id=f"{use.code}{about}_%s", initial={"about": about, "count": use.copies}
                ),
            )
            for about, name in islice(subjects.items(), _MOST_SUBJECTS)
        ]
        if lines:
            cards.append(PrintCard(use, lines, len(subjects) - len(lines)))
    return cards


def _tell_taken(request: Request, count: int, refused: list[tuple[str, str]]) -> None:
    messages.success(
        request,
        ngettext("%(count)s file taken in.", "%(count)s files taken in.", count)
        % {"count": count},
    )  # fmt: skip
    for name, why in refused:
        messages.warning(request, _("%(name)s was left out. %(why)s") % {"name": name, "why": why})


@public
def send(request: Request) -> HttpResponse:
    """A resident sends the photo of a sheet they have filled in."""
    form = SendForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        receipt = attempt(
            form,
            lambda: send_in(
                form.cleaned_data["sheets"], community=request.community, by=request.actor,
                now=request.now, token=form.idempotency_token,
            ),
        )  # fmt: skip
        if receipt is not None:
            return redirect("paper:sent", code=receipt)
        form.keep_what_was_sent()
    context = {"form": form, "here": "home"}
    return render(request, "paper/send.html", context, status=422 if form.errors else 200)


@public
@never_cache
@require_safe
def sent(request: Request, code: str) -> HttpResponse:
    """What became of it, for whoever sent it."""
    found = sent_in(code)
    if not found:
        raise Http404
    return render(request, "paper/sent.html", {"sent": found, "here": "home"})


@opened_to(*PAPER_ROLES)
@require_POST
def print_out(request: Request, code: str) -> HttpResponse:
    """Fresh sheets of a form as a PDF."""
    use = _use(request, code)
    form = PrintForm(request.POST) if use.in_copies else ListForm(request.POST)
    sheets = None
    if form.is_valid():
        sheets = attempt(
            form,
            lambda: print_sheets(
                use, count=form.cleaned_data.get("count", 1), by=request.actor, now=request.now,
                token=form.idempotency_token, about=form.cleaned_data["about"],
            ),
        )  # fmt: skip
    if sheets is None:
        said = [fault for faults in form.errors.values() for fault in faults]
        messages.error(request, " ".join(map(str, said)))
        return redirect("paper:desk")
    return sheets_on_paper(request, use, sheets)


@opened_to(*PAPER_ROLES)
def typed(request: Request, code: str) -> HttpResponse:
    """The same form without paper: read out over the phone, answer by answer; of a list, a sheet's
    worth at a time.
    """
    use = _use(request, code)
    if not use.is_typed:
        raise Http404("each row has a page of its own")
    about, subjects = request.GET.get("about", ""), use.subjects_for(request.actor, request.now)
    if use.subjects and about not in subjects:
        raise Http404("nothing is asked about it now")
    parts = use.rows_about(about, use.form_about(about))
    part = {str(one): one for one in range(1, len(parts) + 1)}.get(request.GET.get("part", ""), 1)
    salt, rows = f"{code}:{about}", parts[part - 1]
    if request.method == "POST" and use.is_list:
        rows = _rows_read_out(request, salt)
    asked = use.asked_about(about, rows, request.actor)
    page = Typed(asked, request.POST or None, by=request.actor)
    form = page.form
    if request.method == "POST" and form.is_valid():
        values = {field.name: form.cleaned_data.get(field.name) for field in asked.fields}
        record = attempt(
            form,
            lambda: hand_in_typed(
                use, values=values, channel=Channel(form.cleaned_data["channel"]),
                person=form.cleaned_data["person"], about=about, rows=rows, by=request.actor,
                now=request.now, token=form.idempotency_token,
            ),
        )  # fmt: skip
        if record is not None:
            messages.success(request, _("Received as %(number)s.") % {"number": use.number(record)})
            return redirect(use.path(record.pk))
    status = 422 if form.errors else 200
    context = {
        "form": form, "asked": asked, "use": use, "about": subjects.get(about, ""), "persons": page.persons,
        "ref": about, "part": part, "parts": range(1, len(parts) + 1),
        "rows": signing.dumps(rows, salt=salt) if use.is_list else "",
    }  # fmt: skip
    return render(request, "paper/typed.html", context, status=status)


def _rows_read_out(request: Request, salt: str) -> dict[str, str]:
    """The rows of a list as they were asked, whatever stands on it meanwhile."""
    try:
        rows: dict[str, str] = signing.loads(request.POST.get("rows", ""), salt=salt)
    except signing.BadSignature as error:
        raise Http404("nothing that was asked here") from error
    return rows


@opened_to(*PAPER_ROLES)
def look(request: Request, pk: int) -> HttpResponse:
    """One picture, with what was read on it; Enter goes from field to field and hands it in."""
    reading = _reading(request, pk)
    if reading.version is None or reading.state != ReadingState.WAITING:
        return _shown(request, reading, {})
    definition = asked_on(reading, request.actor)
    looked = Look(
        definition, looked_fields(reading, definition), request.POST or None, by=request.actor
    )
    if request.method == "POST" and looked.form.is_valid():
        done = attempt(
            looked.form,
            lambda: finish(
                reading, values=looked.values, looked=looked.ticked,
                person=looked.form.cleaned_data["person"], by=request.actor, now=request.now,
                token=looked.form.idempotency_token,
            ),
        )  # fmt: skip
        if done is not None:
            return _on_to_the_next(request, done)
    return _shown(request, reading, {"look": looked, "form": looked.form})


def _shown(
    request: Request, reading: Reading, context: dict[str, Any]
) -> HttpResponse:  # Any: page
    record_look(reading, by=request.actor, what="sheet", reason=_("opened"), now=request.now)
    form = context.get("form")
    more = {
        "reading": reading,
        "name_form": NameForm(
            uses=uses_for(request.actor), auto_id="name_%s", initial=_known_of(reading)
        ),
        "throw_form": ThrowForm(auto_id="throw_%s"),
        "plain_form": PlainForm(auto_id="plain_%s"),
        "waiting": waiting_count(request.actor),
        "record_url": _record_url(reading),
        "use": use_of(reading.version.code) if reading.version else None,
    }
    status = 422 if form is not None and form.errors else 200
    return render(request, "paper/look.html", more | context, status=status)


def _known_of(reading: Reading) -> dict[str, str]:
    """What the code of a sheet said that could not be read itself, so that nobody types it again."""
    sheet = reading.sheet
    if sheet is None:
        return {}
    version = sheet.version
    code = SheetCode(version.code, version.version, reading.page, sheet.serial)
    return {"form": version.code, "code": str(code)}


def _record_url(reading: Reading) -> str:
    whose = reading if reading.record_id else reading.twin
    if whose is None or whose.record_id is None or whose.version is None:
        return ""
    return use_of(whose.version.code).path(whose.record_id)


def _on_to_the_next(request: Request, done: Reading) -> HttpResponse:
    messages.success(request, format_html(
        '<a href="{}">{}</a>', _record_url(done),
        _("Received as %(number)s.") % {"number": done.record_number},
    ))  # fmt: skip
    following = next_after(done, request.actor)
    return redirect("paper:look", pk=following.pk) if following else redirect("paper:desk")


@opened_to(*PAPER_ROLES)
@require_safe
def picture(request: Request, pk: int) -> FileResponse:
    """The whole picture, for those who work with it."""
    reading = _reading(request, pk)
    if not reading.picture:
        raise Http404
    record_look(reading, by=request.actor, what="sheet", reason=_("picture"), now=request.now)
    response = FileResponse(reading.picture, content_type="image/jpeg")
    response.headers["Cache-Control"] = "private, no-store"
    return response


@opened_to(*PAPER_ROLES)
@require_POST
def name_it(request: Request, pk: int) -> HttpResponse:
    """Say which form it is."""
    reading = _reading(request, pk)
    form = NameForm(request.POST, uses=uses_for(request.actor), auto_id="name_%s")
    if form.is_valid() and None is not attempt(
        form,
        lambda: name_sheet(
            reading, use_of(form.cleaned_data["form"]), code=form.cleaned_data["code"],
            by=request.actor, now=request.now, token=form.idempotency_token,
        ),
    ):  # fmt: skip
        return redirect("paper:look", pk=pk)
    return _shown(request, reading, {"name_form": form, "form": form})


@opened_to(*PAPER_ROLES)
@require_POST
def throw(request: Request, pk: int) -> HttpResponse:
    """Nothing comes of this picture."""
    reading = _reading(request, pk)
    form = ThrowForm(request.POST, auto_id="throw_%s")
    if form.is_valid() and None is not attempt(
        form,
        lambda: throw_away(
            reading, why=form.cleaned_data["why"], by=request.actor, now=request.now,
            token=form.idempotency_token,
        ),
    ):  # fmt: skip
        messages.success(request, _("Thrown away."))
        following = next_after(reading, request.actor)
        return redirect("paper:look", pk=following.pk) if following else redirect("paper:desk")
    return _shown(request, reading, {"throw_form": form, "form": form})


@opened_to(*PAPER_ROLES)
@require_POST
def after_all(request: Request, pk: int) -> HttpResponse:
    """What was taken for the same sheet is looked at after all."""
    reading = _reading(request, pk)
    form = PlainForm(request.POST)
    if form.is_valid() and not attempt(
        form,
        lambda: look_after_all(
            reading, by=request.actor, now=request.now, token=form.idempotency_token
        ),
    ):
        messages.error(request, " ".join(map(str, form.non_field_errors())))
    return redirect("paper:look", pk=pk)


@opened_to(*DESK_ROLES)
@require_POST
def letter(request: Request, kind: str, pk: int) -> HttpResponse:
    """An official document about somebody on the roll; it is kept as it was printed."""
    make = LETTERS.get(kind)
    visible = Person.objects.visible_to(request.actor)
    person: Person = get_object_or_404(visible, pk=pk, erased_at__isnull=True)
    form = PlainForm(request.POST)
    if make is None or not may_print_of(request.actor, pk) or not form.is_valid():
        raise Http404
    document = make(person, community=request.community, by=request.actor, now=request.now)
    try:
        pdf = hand_out(
            "kit/official.html", {"document": document}, kind=kind, record=person,
            title=document.title, person=person, request=request, by=request.actor,
            now=request.now, token=form.idempotency_token,
        )  # fmt: skip
    except PressMissing:
        return no_press(request)
    except PressFailed:
        return press_failed(request)
    return pdf_response(pdf, name=document.title)


@opened_to(*HANDED_ROLES)
@require_safe
def handed_out(request: Request, kind: str, record_id: int) -> HttpResponse:
    """What was printed for somebody about one record, each to be printed again exactly."""
    return _handed_page(request, kind, record_id)


def _handed_page(
    request: Request, kind: str, record_id: int, tried: Handed | None = None,
    form: AgainForm | None = None,
) -> HttpResponse:  # fmt: skip
    try:
        use = handed_use_of(kind)
    except LookupError as missing:
        raise Http404("no such kind of sheet") from missing
    if not use.may(request.actor, record_id):
        raise Http404("not this actor's sheets")
    page = page_of(handed_for(kind, record_id), request.GET)
    sheets = [
        (one, form if tried and form and one.pk == tried.pk else AgainForm(auto_id=f"a{one.pk}_%s"))
        for one in page.rows
    ]
    context = {"use": use, "record_url": use.path(record_id), "page": page, "sheets": sheets}
    return render(request, "paper/handed.html", context, status=422 if form else 200)


@opened_to(*HANDED_ROLES)
@require_POST
def print_again_exactly(request: Request, pk: int) -> HttpResponse:
    """The very sheet that was handed out, byte for byte."""
    handed: Handed = get_object_or_404(Handed.objects.all(), pk=pk)
    if not may_see_handed(request.actor, handed):
        raise Http404("not this actor's sheet")
    form = AgainForm(request.POST, auto_id=f"a{pk}_%s")
    pdf = None
    if form.is_valid():
        pdf = attempt(
            form,
            lambda: print_again(
                handed, why=form.cleaned_data["why"], by=request.actor, now=request.now,
                token=form.idempotency_token,
            ),
        )  # fmt: skip
    if pdf is None:
        return _handed_page(request, handed.kind, handed.record_id, handed, form)
    return pdf_response(pdf, name=handed.title)


def _use(request: Request, code: str) -> PaperUse:
    try:
        use = use_of(code)
    except LookupError as missing:
        raise Http404("no such form") from missing
    if not use.may(request.actor) or not use.is_there:
        raise Http404("not this actor's form")
    return use


def _reading(request: Request, pk: int) -> Reading:
    related = Reading.objects.select_related(
        "version", "scan", "twin__version", "sheet__version", "ended_by"
    )
    reading: Reading = get_object_or_404(related, pk=pk)
    if not may_finish(request.actor, reading):
        raise Http404("not this actor's sheet")
    return reading
