"""The desk: the list by harm, one demand, and what is done to it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mulin.commons.flow.models import Visibility
from mulin.commons.flow.queries import journey
from mulin.commons.flow.receivers import receivers
from mulin.ground.community.access import Request, opened_to
from mulin.ground.community.models import Grid
from mulin.ground.community.queries import StandIn, holders_of, stand_ins
from mulin.ground.community.rules import HANDLER_ROLES, Actor
from mulin.ground.people.models import Person
from mulin.ground.people.queries import roll
from mulin.kit.acts import attempt
from mulin.kit.channels import Channel
from mulin.kit.clock import end_of_day, local_day
from mulin.kit.forms import PlainForm
from mulin.kit.paging import page_of
from mulin.kit.templatetags.kit import Row
from mulin.parlour.reception.actions import demands as act
from mulin.parlour.reception.actions import joint
from mulin.parlour.reception.actions.joining import part_demand
from mulin.parlour.reception.actions.orders import give_back
from mulin.parlour.reception.actions.street import hand_up
from mulin.parlour.reception.forms.demands import (
    AnswerForm,
    AssignForm,
    DemandFilterForm,
    DeskDemandForm,
    NoteForm,
    PassOnForm,
    ReclassifyForm,
    WaitForm,
)
from mulin.parlour.reception.forms.joint import (
    BackForm,
    HandUpForm,
    HelpForm,
    OfferForm,
    RefuseForm,
    ReportForm,
    SendOutForm,
)
from mulin.parlour.reception.forms.orders import GiveBackForm
from mulin.parlour.reception.models import Demand, Offer, Share, Visit
from mulin.parlour.reception.permissions import asked, may, may_take_back, may_write_letter
from mulin.parlour.reception.queries import (
    Filter,
    demand_for,
    desk_rows,
    for_me,
    owed,
    templates_for,
)
from mulin.parlour.reception.rules import Act, State, may_be_shown, possible_acts
from mulin.parlour.reception.similar import joined_by_number
from mulin.parlour.reception.standing import standing


@opened_to(*HANDLER_ROLES)
def desk(request: Request) -> HttpResponse:
    """The desk's first screen: what is owed, in order of harm if late."""
    return render(request, "reception/desk.html", list_of(request))


@opened_to(*HANDLER_ROLES)
def demand(request: Request, pk: int) -> HttpResponse:
    """One demand beside the list; the list stays where it was."""
    found = found_demand(request, pk)
    context = {} if request.htmx else list_of(request)
    return render(request, "reception/desk.html", context | detail_of(request, found))


@opened_to(*HANDLER_ROLES)
@require_POST
def work(request: Request, pk: int, deed: str) -> HttpResponse:
    """One act on a demand; its form comes back with the reason when it was refused."""
    found = found_demand(request, pk)
    form = _form_of(request, deed)
    if form.is_valid() and attempt(form, _deeds(request, found, form)[deed]):
        messages.success(request, _("Done."))
        return redirect("reception:demand", pk=pk)
    context = list_of(request) | detail_of(request, found) | {_form_name(deed): form, "tried": deed}
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
        lead = joined_by_number(by, values["joins"]) if values["joins"] else None
        made = attempt(
            form,
            lambda: act.receive_demand(
                form.said(), by=by, urgency=values["urgency"] or None, joins=lead,
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
    found = found_demand(request, pk)
    context = {"demand": found, "need": found.need, "form": PlainForm()}
    return render(request, "reception/slip.html", context)


@opened_to(*HANDLER_ROLES)
def who(request: Request) -> HttpResponse:
    """Persons found while typing, as choices for the form that asks who it is."""
    query = request.GET.get("who", "")
    persons = roll(request.actor, query=query)[:8] if query.strip() else []
    context = {"persons": persons, "query": query, "base": request.GET.get("base", "")}
    page = "reception/who.html#found" if request.htmx else "reception/who.html"
    return render(request, page, context)


def found_demand(request: Request, pk: int) -> Demand:
    """What this actor works on, helps with or is offered; everything else is not there."""
    found = demand_for(request.actor, pk)
    if found is None or not may(request.actor, "read", found):
        raise Http404
    return found


def list_of(request: Request) -> dict[str, Any]:
    """The list as it is narrowed, what is owed, and what colleagues want of me."""
    typed = _typed(request)
    chosen = _chosen(request, typed)
    is_first = "page" not in request.GET
    found = desk_rows(request.actor, chosen, request.now, only_first_page=is_first)
    page = page_of(found, request.GET)
    counts = owed(request.actor, request.now, end_of_day(local_day(request.now)))
    return {
        "page": page,
        "rows": _rows(page.rows, request),
        "is_list_alone": True,
        "query": chosen.query,
        "show": typed.get("show") or "open",
        "owed": counts,
        "address": request.GET.urlencode(),
        # Asked for only where the counts say that there is something, or cannot say.
        "for_me": for_me(request.actor) if counts.asked or not request.actor.is_desk else None,
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
    away = stand_ins(request.now)
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
                more=" · ".join(filter(None, (row["number"], where, _owner(row, away)))),
                tone=tone,
                word=str(word),
                is_open=request.path == address,
            )
        )
    return rows


def _owner(row: dict[str, Any], away: dict[int, list[StandIn]]) -> str:
    """Who owes it, and who stands in for them now."""
    names = [stand_in.display_name for stand_in in away.get(row["owner_id"], [])]
    if not names:
        return row["owner_name"] or ""
    return _("%(owner)s (%(stand_in)s stands in)") % {
        "owner": row["owner_name"], "stand_in": "、".join(names),
    }  # fmt: skip


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


def detail_of(request: Request, found: Demand) -> dict[str, Any]:
    """One demand, its story, what may be done to it, and who else has a part in it."""
    actor = request.actor
    told = journey(found.need, actor, may_work=True, is_asker=asked(actor, found.need))
    tone, word = standing(found.state, found.due_at, request.now)
    handlers = _handlers(request)
    return {
        "is_list_alone": False,
        "demand": found,
        "stand_ins": stand_ins(request.now).get(found.owner_id or 0, []),
        "need": found.need,
        "journey": told,
        "tone": tone,
        "word": word,
        "acts": _possible(actor, found),
        **_parts_of(actor, found),
        "plain_form": PlainForm(),
        # A token of its own: who comes back from the PDF goes on with the other buttons.
        "letter_form": PlainForm(auto_id="letter_%s")
        if found.answered_at and may_write_letter(actor, found)
        else None,
        "may_show": may(actor, "show")
        and may_be_shown(
            State(found.state), visibility=found.need.visibility, is_sealed=found.need.is_sealed
        ),
        "answer_form": AnswerForm(auto_id="answer_%s"),
        "wait_form": WaitForm(auto_id="wait_%s"),
        "note_form": NoteForm(auto_id="note_%s"),
        "order": getattr(found, "order", None),
        "give_back_form": GiveBackForm(auto_id="give_back_%s") if actor.is_desk else None,
        "pass_form": PassOnForm(auto_id="pass_%s") if receivers() else None,
        "assign_form": AssignForm(handlers=handlers, auto_id="assign_%s")
        if may(actor, "assign", found)
        else None,
        "offer_form": OfferForm(handlers=handlers, auto_id="offer_%s"),
        "help_form": HelpForm(handlers=handlers, auto_id="help_%s"),
        "send_form": SendOutForm(auto_id="send_%s"),
        "street_form": _street_form(found),
        "refuse_form": RefuseForm(auto_id="refuse_%s"),
        "report_form": ReportForm(auto_id="report_%s"),
        "templates": list(templates_for(found.need.category)[:9]),
        "reclassify_form": ReclassifyForm(
            auto_id="reclassify_%s",
            initial={"category": found.need.category_id, "urgency": found.urgency},
        ),
    }


def _possible(actor: Actor, found: Demand) -> set[str]:
    """What this actor may do to it now; whoever only reads may do nothing but what is theirs."""
    if may(actor, "work_on", found):
        # What goes with another is answered with it.
        deeds = possible_acts(State(found.state)) if found.state != State.JOINED else []
        # Taking it over is for whoever has it not in hand already.
        has_it = found.state == State.IN_HAND and found.owner_id == actor.account_id
        return {deed.value for deed in deeds if not (has_it and deed == Act.TAKE)}
    return {Act.NOTE.value} if found.is_open and may(actor, "note", found) else set()


def _parts_of(actor: Actor, found: Demand) -> dict[str, Any]:
    """Who else has a part in it: an offer, helpers, units outside, what goes with it."""
    shares = list(Share.objects.readable().filter(demand=found).select_related("helper"))
    joining = found.joinings.filter(ended_at__isnull=True).select_related("lead__need").first()
    followers = found.followers.filter(ended_at__isnull=True).select_related("demand__need")
    return {
        "may_work": may(actor, "work_on", found),
        "is_head": may(actor, "assign", found),
        "offer": Offer.objects.open().filter(demand=found).select_related("giver", "to").first(),
        "shares": shares,
        "my_share": next((one for one in shares if _is_mine(actor, one)), None),
        "sendings": [
            {"sending": one, "form": BackForm(auto_id=f"back{one.pk}_%s")}
            for one in found.sendings.select_related("organisation")
        ],
        "lead": joining.lead if joining else None,
        "followers": list(followers.order_by("id")[:50]),
    }


def _is_mine(actor: Actor, share: Share) -> bool:
    return share.helper_id == actor.account_id and share.done_at is None


def _street_form(found: Demand) -> HandUpForm | None:
    """What was told in confidence is not handed up."""
    if found.need.is_sealed or found.need.visibility == Visibility.CONFIDENTIAL:
        return None
    return HandUpForm.for_need(found.need, auto_id="street_%s")


def _handlers(request: Request) -> Any:  # Any: a queryset of accounts, for a form field
    handlers = holders_of(request.community.pk, HANDLER_ROLES, request.now)
    return handlers.exclude(pk=request.actor.account_id or 0)


def _form_name(deed: str) -> str:
    return {
        "answer": "answer_form", "wait": "wait_form", "note": "note_form",
        "give-back": "give_back_form",
        "offer": "offer_form", "help": "help_form", "send-out": "send_form",
        "hand-up": "street_form",
        "assign": "assign_form", "reclassify": "reclassify_form", "pass-on": "pass_form",
    }.get(deed, "plain_form")  # fmt: skip


def _form_of(request: Request, deed: str) -> Any:  # Any: one of several form classes
    forms: dict[str, Callable[[], Any]] = {
        "accept": lambda: PlainForm(request.POST),
        "take": lambda: PlainForm(request.POST),
        "resume": lambda: PlainForm(request.POST),
        "answer": lambda: AnswerForm(request.POST, request.FILES, auto_id="answer_%s"),
        "wait": lambda: WaitForm(request.POST, auto_id="wait_%s"),
        "note": lambda: NoteForm(request.POST, auto_id="note_%s"),
        "give-back": lambda: GiveBackForm(request.POST, auto_id="give_back_%s"),
        "pass-on": lambda: PassOnForm(request.POST, auto_id="pass_%s"),
        "assign": lambda: AssignForm(
            request.POST, handlers=_handlers(request), auto_id="assign_%s"
        ),
        "offer": lambda: OfferForm(request.POST, handlers=_handlers(request), auto_id="offer_%s"),
        "help": lambda: HelpForm(request.POST, handlers=_handlers(request), auto_id="help_%s"),
        "send-out": lambda: SendOutForm(request.POST, auto_id="send_%s"),
        "hand-up": lambda: HandUpForm(request.POST, auto_id="street_%s"),
        "part": lambda: PlainForm(request.POST),
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
        "give-back": lambda: give_back(found, why=values["why"], **common),
        "note": lambda: act.note_on(found, words=values["words"], **common),
        "pass-on": lambda: act.pass_on(found, to=values["to"], why=values["why"], **common),
        "assign": lambda: act.assign_demand(found, to=values["to"], why=values["why"], **common),
        "offer": lambda: joint.offer_demand(found, to=values["to"], why=values["why"], **common),
        "help": lambda: joint.ask_help(
            found,
            helper=values["helper"],
            asked=values["asked"],
            due_at=values["until"],
            **common,
        ),
        "send-out": lambda: joint.send_out(
            found,
            to=values["to"],
            asked=values["asked"],
            back_by=values["back_by"],
            letter=values["letter"],
            contact=values["contact"],
            **common,
        ),
        "hand-up": lambda: hand_up(
            found, words=values["words"], back_by=values["back_by"], **common
        ),
        "part": lambda: part_demand(found, **common),
        "reclassify": lambda: act.reclassify(
            found, category=values["category"], urgency=values["urgency"], **common
        ),
    }
