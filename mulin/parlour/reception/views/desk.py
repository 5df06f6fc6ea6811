"""The desk: the list by harm, one demand, and what is done to it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mulin.commons.flow.queries import journey
from mulin.commons.flow.receivers import receivers
from mulin.ground.community.access import Request, opened_to
from mulin.ground.community.models import Grid
from mulin.ground.community.queries import holders_of
from mulin.ground.community.rules import HANDLER_ROLES
from mulin.ground.people.models import Person
from mulin.ground.people.queries import roll
from mulin.kit.acts import attempt
from mulin.kit.channels import Channel
from mulin.kit.clock import end_of_day, local_day
from mulin.kit.paging import page_of
from mulin.kit.templatetags.kit import Row
from mulin.parlour.reception.actions import demands as act
from mulin.parlour.reception.forms.demands import (
    AnswerForm,
    AssignForm,
    DemandFilterForm,
    DeskDemandForm,
    NoteForm,
    PassOnForm,
    PlainActForm,
    ReclassifyForm,
    WaitForm,
)
from mulin.parlour.reception.models import Demand, Visit
from mulin.parlour.reception.permissions import asked, may, may_take_back
from mulin.parlour.reception.queries import Filter, demand_for, demands, owed, row_columns
from mulin.parlour.reception.rules import State, may_be_shown, possible_acts
from mulin.parlour.reception.standing import standing


@opened_to(*HANDLER_ROLES)
def desk(request: Request) -> HttpResponse:
    """The desk's first screen: what is owed, in order of harm if late."""
    return render(request, "reception/desk.html", _list(request))


@opened_to(*HANDLER_ROLES)
def demand(request: Request, pk: int) -> HttpResponse:
    """One demand beside the list; the list stays where it was."""
    found = _found(request, pk)
    context = {} if request.htmx else _list(request)
    return render(request, "reception/desk.html", context | _detail(request, found))


@opened_to(*HANDLER_ROLES)
@require_POST
def work(request: Request, pk: int, deed: str) -> HttpResponse:
    """One act on a demand; its form comes back with the reason when it was refused."""
    found = _found(request, pk)
    form = _form_of(request, deed)
    if form.is_valid() and attempt(form, _deeds(request, found, form)[deed]):
        messages.success(request, _("Done."))
        return redirect("reception:demand", pk=pk)
    context = _list(request) | _detail(request, found) | {_form_name(deed): form, "tried": deed}
    return render(request, "reception/desk.html", context, status=422)


@opened_to(*HANDLER_ROLES)
def receive(request: Request) -> HttpResponse:
    """Write down what somebody says at the desk, on the phone, on paper, at the door."""
    person = chosen_person(request)
    visit = _visit_before(request)
    initial = {"channel": request.GET.get("channel") or Channel.WALK_IN.value}
    form = DeskDemandForm(
        request.POST or None,
        request.FILES or None,
        by=request.actor,
        person=person,
        initial=initial,
    )
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        by = request.actor.by(
            values["channel"], on_behalf_of=values["person"].pk if values["person"] else None
        )
        made = attempt(
            form,
            lambda: act.receive_demand(
                form.said(), by=by, urgency=values["urgency"] or None,
                minutes=values["minutes"] or 0, visit=visit, now=request.now,
                token=form.idempotency_token,
            ),
        )  # fmt: skip
        if made is not None:
            messages.success(request, _("Received as %(number)s.") % {"number": made.need.number})
            return redirect("reception:demand", pk=made.pk)
    return render(
        request, "reception/receive.html", {"form": form, "person": person, "visit": visit}
    )


def chosen_person(request: Request) -> Person | None:
    """Who the page is about, if this actor may see them."""
    chosen = request.POST.get("person") or request.GET.get("person") or ""
    if not chosen.isdigit():
        return None
    seen = Person.objects.on_roll().visible_to(request.actor)
    found: Person | None = seen.filter(pk=chosen).first()
    return found


def _visit_before(request: Request) -> Visit | None:
    """The visit one has just noted, when it turns out that it brings a demand."""
    chosen = request.POST.get("visit") or request.GET.get("visit") or ""
    if not chosen.isdigit():
        return None
    visit = Visit.objects.select_related("person").filter(pk=chosen).first()
    return visit if visit and may_take_back(request.actor, visit, request.now) else None


@opened_to(*HANDLER_ROLES)
def slip(request: Request, pk: int) -> HttpResponse:
    """The slip that the asker takes home: number, limit, code to follow."""
    found = _found(request, pk)
    return render(request, "reception/slip.html", {"demand": found, "need": found.need})


@opened_to(*HANDLER_ROLES)
def who(request: Request) -> HttpResponse:
    """Persons found while typing, as choices for the form that asks who it is."""
    query = request.GET.get("who", "")
    persons = roll(request.actor, query=query)[:8] if query.strip() else []
    context = {"persons": persons, "query": query, "base": request.GET.get("base", "")}
    page = "reception/who.html#found" if request.htmx else "reception/who.html"
    return render(request, page, context)


def _found(request: Request, pk: int) -> Demand:
    found = demand_for(request.actor, pk)
    if found is None or not may(request.actor, "work_on", found):
        raise Http404
    return found


def _list(request: Request) -> dict[str, Any]:
    typed = _typed(request)
    chosen = _chosen(request, typed)
    page = page_of(row_columns(demands(request.actor, chosen, request.now)), request.GET)
    return {
        "page": page,
        "rows": _rows(page.rows, request),
        "is_list_alone": True,
        "query": chosen.query,
        "show": typed.get("show") or "open",
        "owed": owed(request.actor, request.now, end_of_day(local_day(request.now))),
        "address": request.GET.urlencode(),
    }


def _typed(request: Request) -> dict[str, Any]:
    """What the list is narrowed by; nothing on the first screen, which then needs no form."""
    if not request.GET:
        return {}
    form = DemandFilterForm(request.GET)
    form.is_valid()
    return form.cleaned_data


def _rows(found: list[dict[str, Any]], request: Request) -> list[Row]:
    """The lines of the list; each address takes along how the list was narrowed."""
    listed = reverse("reception:desk")
    narrowed = f"?{request.GET.urlencode()}" if request.GET else ""
    rows = []
    for row in found:
        where = row["building"] or row["place_words"] or row["category"]
        tone, word = standing(row["state"], row["due_at"], request.now)
        # As `reverse` would say, which takes a millisecond for fifty.
        address = f"{listed}demands/{row['id']}/"
        rows.append(
            Row(
                url=address + narrowed,
                title=row["words"],
                more=" · ".join(filter(None, (row["number"], where, row["owner_name"]))),
                tone=tone,
                word=str(word),
                is_open=request.path == address,
            )
        )
    return rows


def _chosen(request: Request, values: dict[str, Any]) -> Filter:
    show = values.get("show") or "open"
    grid: Grid | None = values.get("grid")
    query = (values.get("q") or "").strip()
    return Filter(
        query=query,
        owed_by=request.actor.account_id if show == "mine" else None,
        state=State.ANSWERED.value if show == "answered" else "",
        channel=values.get("channel") or "",
        category_id=values.get("category"),
        grid_id=grid.pk if grid else None,
        late=show == "late",
        only_open=show not in {"all", "answered"} and not query,
    )


def _detail(request: Request, found: Demand) -> dict[str, Any]:
    actor = request.actor
    told = journey(found.need, actor, may_work=True, is_asker=asked(actor, found.need))
    tone, word = standing(found.state, found.due_at, request.now)
    handlers = _handlers(request)
    return {
        "is_list_alone": False,
        "demand": found,
        "need": found.need,
        "journey": told,
        "tone": tone,
        "word": word,
        "acts": {deed.value for deed in possible_acts(State(found.state))},
        "plain_form": PlainActForm(),
        "may_show": may(actor, "show")
        and may_be_shown(
            State(found.state), visibility=found.need.visibility, is_sealed=found.need.is_sealed
        ),
        "answer_form": AnswerForm(auto_id="answer_%s"),
        "wait_form": WaitForm(auto_id="wait_%s"),
        "note_form": NoteForm(auto_id="note_%s"),
        "pass_form": PassOnForm(auto_id="pass_%s") if receivers() else None,
        "assign_form": AssignForm(handlers=handlers, auto_id="assign_%s"),
        "reclassify_form": ReclassifyForm(
            auto_id="reclassify_%s",
            initial={"category": found.need.category_id, "urgency": found.urgency},
        ),
    }


def _handlers(request: Request) -> Any:  # Any: a queryset of accounts, for a form field
    handlers = holders_of(request.community.pk, HANDLER_ROLES, request.now)
    return handlers.exclude(pk=request.actor.account_id or 0)


def _form_name(deed: str) -> str:
    return {
        "answer": "answer_form", "wait": "wait_form", "note": "note_form",
        "assign": "assign_form", "reclassify": "reclassify_form", "pass-on": "pass_form",
    }.get(deed, "plain_form")  # fmt: skip


def _form_of(request: Request, deed: str) -> Any:  # Any: one of several form classes
    forms: dict[str, Callable[[], Any]] = {
        "accept": lambda: PlainActForm(request.POST),
        "take": lambda: PlainActForm(request.POST),
        "resume": lambda: PlainActForm(request.POST),
        "answer": lambda: AnswerForm(request.POST, request.FILES, auto_id="answer_%s"),
        "wait": lambda: WaitForm(request.POST, auto_id="wait_%s"),
        "note": lambda: NoteForm(request.POST, auto_id="note_%s"),
        "pass-on": lambda: PassOnForm(request.POST, auto_id="pass_%s"),
        "assign": lambda: AssignForm(
            request.POST, handlers=_handlers(request), auto_id="assign_%s"
        ),
        "reclassify": lambda: ReclassifyForm(request.POST, auto_id="reclassify_%s"),
    }
    if deed not in forms:
        raise Http404
    return forms[deed]()


def _deeds(request: Request, found: Demand, form: Any) -> dict[str, Callable[[], Any]]:
    values = form.cleaned_data
    common: dict[str, Any] = {
        "by": request.actor,
        "now": request.now,
        "token": form.idempotency_token,
    }
    return {
        "accept": lambda: act.accept_demand(found, **common),
        "take": lambda: act.take_demand(found, **common),
        "resume": lambda: act.resume(found, **common),
        "answer": lambda: act.answer_demand(
            found, words=values["words"], photos=values["photos"], **common
        ),
        "wait": lambda: act.wait_on(
            found, whom=values["whom"], until=form.until_moment(), **common
        ),
        "note": lambda: act.note_on(found, words=values["words"], **common),
        "pass-on": lambda: act.pass_on(found, to=values["to"], why=values["why"], **common),
        "assign": lambda: act.assign_demand(found, to=values["to"], why=values["why"], **common),
        "reclassify": lambda: act.reclassify(
            found, category=values["category"], urgency=values["urgency"], **common
        ),
    }
