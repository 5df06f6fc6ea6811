"""Who is due, who is in care, one elder's record, and how often whom."""

from dataclasses import replace
from functools import partial

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mulin.circle.elders import queries
from mulin.circle.elders.actions.orders import order_service
from mulin.circle.elders.actions.planning import set_pace
from mulin.circle.elders.actions.records import (
    About,
    change_about,
    end_fact,
    let_go,
    link_kin,
    note_assessment,
    note_look,
    read_card,
    state_fact,
    take_in,
    unlink_kin,
    write_card,
)
from mulin.circle.elders.actions.visits import note_contact
from mulin.circle.elders.forms import (
    AboutForm,
    AssessmentForm,
    CardForm,
    ContactForm,
    EndFactForm,
    FactForm,
    KinForm,
    LetGoForm,
    OrderForm,
    PaceForm,
    TakeInForm,
    UnlinkForm,
)
from mulin.circle.elders.models import (
    CARD_FIELDS,
    CATEGORY_LABELS,
    WAY_LABELS,
    Elder,
    HealthCard,
    Kin,
    Member,
    ServiceOrder,
)
from mulin.circle.elders.papers import CARD
from mulin.circle.elders.permissions import may_keep, may_set_paces
from mulin.circle.elders.rules import PLANNED_WAYS, Category, Outcome, Way
from mulin.commons.paper.pressing import kept_on_paper
from mulin.ground.community.access import Request, opened_to, with_own_key
from mulin.ground.community.deeds import Deed, Failed, do, shown
from mulin.ground.community.rules import DESK_ROLES
from mulin.ground.people.models import Person, Purpose
from mulin.ground.people.queries import has_consented
from mulin.kit.acts import attempt
from mulin.kit.clock import end_of_day, local_day
from mulin.kit.paging import page_of

_LATEST = 8
_LOOKS_FOR = gettext_lazy("care")


@opened_to(*DESK_ROLES)
@require_safe
def due(request: Request) -> HttpResponse:
    """Who is to be visited or called today, the gravest first, whoever was missed on top."""
    until = end_of_day(local_day(request.now))
    page = page_of(queries.with_people(queries.due_by(request.now, until)), request.GET)
    return render(request, "elders/due.html", {"page": page})


@opened_to(*DESK_ROLES)
def people(request: Request) -> HttpResponse:
    """Everybody in care, by name or category; and whoever is taken in now."""
    form = TakeInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        elder = attempt(
            form,
            lambda: take_in(
                values["person"], has_agreed=values["has_agreed"],
                categories=[Category(one) for one in values["categories"]],
                source=values["source"],
                about=About(dialect=values["dialect"], interests=values["interests"]),
                by=request.actor, now=request.now, token=form.idempotency_token,
            ),
        )  # fmt: skip
        if elder is not None:
            messages.success(request, _("Taken into care."))
            return redirect("elders:elder", pk=elder.pk)
    only, query = request.GET.get("category", ""), request.GET.get("q", "").strip()
    rows = Elder.objects.in_care()
    if only in set(Category):
        rows = rows.filter(facts__category=only, facts__until=None)
    if query:
        rows = rows.filter(person__in=Person.objects.search(query).values("pk"))
    context = {
        "form": form, "page": page_of(queries.with_people(rows), request.GET), "only": only,
        "query": query, "categories": [(one.value, CATEGORY_LABELS[one]) for one in Category],
    }  # fmt: skip
    return render(request, "elders/people.html", context, status=422 if form.errors else 200)


@with_own_key
@require_safe
def elder(request: Request, pk: int) -> HttpResponse:
    """One record, for those who care for this person; each look is recorded."""
    return _elder_page(request, _cared_for(request, pk))


@with_own_key
@require_POST
def elder_act(request: Request, pk: int, deed: str) -> HttpResponse:
    """Something about an elder is written down."""
    found = _cared_for(request, pk)
    refused = do(_deeds(request, found), deed, request)
    if refused is not None:
        return _elder_page(request, found, failed=(deed, refused))
    if request.POST.get("next") == "round":
        return redirect("elders:round")
    if deed == "let-go":
        return redirect("elders:people")
    return redirect("elders:elder", pk=pk)


@with_own_key
@require_http_methods(["GET", "HEAD", "POST"])
def card(request: Request, pk: int) -> HttpResponse:
    """The health card, cut out and folded for the wallet."""
    found = _cared_for(request, pk)
    read = read_card(found, by=request.actor, reason=str(_("printed card")), now=request.now)
    if read is None or not read.told:
        raise Http404
    return kept_on_paper(
        "elders/paper/card.html",
        lambda: {"elder": found, "lines": _lines(read), "today": local_day(request.now)},
        kind=CARD, record=found, state=f"{read.at.isoformat()} {found.dialect}",
        title=_("Health card"), person=found.person, request=request, is_noted=True,
    )  # fmt: skip


def _cared_for(request: Request, pk: int) -> Elder:
    found: Elder = get_object_or_404(
        queries.with_people(
            queries.with_harm(Elder.objects.visible_to(request.actor), request.now)
        ),
        pk=pk,
    )
    return found


def _lines(read: HealthCard) -> list[tuple[str, str]]:
    return [
        (str(label), read.told[name]) for name, label in CARD_FIELDS.items() if read.told.get(name)
    ]


def _contact(found: Elder) -> Deed:
    def act(form: ContactForm, request: Request) -> object:
        values = form.cleaned_data
        return note_contact(
            found, outcome=Outcome(values["outcome"]), way=Way(values["way"]),
            helper=values.get("helper"), needed=values["needed"], words=values["words"],
            at=values["happened"], by=request.actor, now=request.now,
            token=form.idempotency_token,
        )  # fmt: skip

    return Deed(
        gettext_lazy("Somebody looked in or called"), act, gettext_lazy("Noted. Thank you."),
        initial={"way": found.due_way or Way.DOOR},
    )  # fmt: skip


def _deeds(request: Request, found: Elder) -> dict[str, Deed]:
    """What may be done here by whoever opened the page; the desk does more than a helper."""
    if found.ended_on is not None:
        return {}
    is_desk = may_keep(request.actor)
    contact = _contact(found)
    deeds = {
        "contact": Deed(
            contact.title, contact.act, contact.said, partial(ContactForm, is_desk=is_desk),
            contact.initial,
        ),
        "order": Deed(
            gettext_lazy("Order a service"),
            lambda form, request: order_service(
                found, form.cleaned_data["service"], words=form.cleaned_data["words"],
                by=request.actor, now=request.now, token=form.idempotency_token,
            ),
            gettext_lazy("Ordered."), OrderForm,
        ),
        "about": Deed(
            gettext_lazy("What they like, can do and wish"),
            lambda form, request: change_about(
                found, form.about(), by=request.actor, now=request.now,
                token=form.idempotency_token,
            ),
            gettext_lazy("Written down."), AboutForm,
            {
                "dialect": found.dialect, "interests": found.interests, "can_do": found.can_do,
                "wished_sex": found.wished_sex, "wished_times": found.wished_times.split(","),
            },
        ),
    }  # fmt: skip
    return deeds | _desk_deeds(found) if is_desk else deeds


def _desk_deeds(found: Elder) -> dict[str, Deed]:
    return {
        "fact": Deed(
            gettext_lazy("Something is so"),
            lambda form, request: state_fact(
                found, Category(form.cleaned_data["category"]),
                since=local_day(form.cleaned_data["since"]), source=form.cleaned_data["source"],
                by=request.actor, now=request.now, token=form.idempotency_token,
            ),
            gettext_lazy("Written down."), FactForm,
        ),
        "end-fact": Deed(
            gettext_lazy("Something is not so any more"),
            lambda form, request: end_fact(
                found, Category(form.cleaned_data["category"]), by=request.actor,
                now=request.now, token=form.idempotency_token,
            ),
            gettext_lazy("Written down."), EndFactForm,
        ),
        "health": Deed(
            gettext_lazy("Write the health card"),
            lambda form, request: write_card(
                found, form.told(), has_agreed=form.cleaned_data["has_agreed"], by=request.actor,
                now=request.now, token=form.idempotency_token,
            ),
            gettext_lazy("The card is written; print it for the wallet."), CardForm,
        ),
        "assessment": Deed(
            gettext_lazy("Copy an assessment of abilities"),
            lambda form, request: note_assessment(
                found, form.result(), by=request.actor, now=request.now,
                token=form.idempotency_token,
            ),
            gettext_lazy("Written down."), AssessmentForm,
        ),
        "kin": Deed(
            gettext_lazy("Let somebody of the family see visits and meals"),
            lambda form, request: link_kin(
                found, form.cleaned_data["person"], relation=form.cleaned_data["relation"],
                has_agreed=form.cleaned_data["has_agreed"], by=request.actor, now=request.now,
                token=form.idempotency_token,
            ),
            gettext_lazy("They see it from now on."), KinForm,
        ),
        "unkin": Deed(
            gettext_lazy("Somebody of the family sees nothing any more"),
            lambda form, request: unlink_kin(
                form.cleaned_data["kin"], by=request.actor, now=request.now,
                token=form.idempotency_token,
            ),
            gettext_lazy("They see nothing any more."), partial(UnlinkForm, elder=found),
        ),
        "let-go": Deed(
            gettext_lazy("Care ends"),
            lambda form, request: let_go(
                found, why=form.cleaned_data["why"], withdraws=form.cleaned_data["withdraws"],
                by=request.actor, now=request.now, token=form.idempotency_token,
            ),
            gettext_lazy("Care has ended; the health card is erased."), LetGoForm,
        ),
    }  # fmt: skip


def _elder_page(request: Request, found: Elder, failed: Failed | None = None) -> HttpResponse:
    note_look(found, by=request.actor, now=request.now)
    read = read_card(found, by=request.actor, reason=str(_LOOKS_FOR), now=request.now)
    deeds = _deeds(request, found)
    if read is not None and "health" in deeds:
        deeds["health"] = replace(deeds["health"], initial=read.told)
    forms = {
        one.name: one
        for one in shown(
            deeds, lambda deed: reverse("elders:elder-act", args=[found.pk, deed]), failed
        )
    }
    contacts = found.contacts.select_related("helper__person", "entered_by", "need")
    context = {
        "elder": found, "card": _lines(read) if read else [], "is_desk": may_keep(request.actor),
        "contact": forms.pop("contact", None), "deeds": forms.values(),
        "facts": found.facts.all()[:_LATEST * 2],
        "assessment": found.assessments.first()
        if has_consented(found.person, Purpose.HEALTH) else None,
        "contacts": contacts[:_LATEST], "services": queries.services_of(found),
        "orders": ServiceOrder.objects.open().filter(elder=found).select_related("service"),
        "kin": Kin.objects.filter(elder=found, until=None).select_related("person"),
        "groups": Member.objects.filter(person=found.person_id, until=None).select_related("group"),
        "hours": queries.hours_of([found.person_id])[found.person_id],
    }  # fmt: skip
    return render(request, "elders/elder.html", context, status=422 if failed else 200)


@opened_to(*DESK_ROLES)
def paces(request: Request) -> HttpResponse:
    """How often whom, with by whose word; the head changes it."""
    form = PaceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        done = attempt(
            form,
            lambda: set_pace(
                Category(values["category"]), Way(values["way"]), days=values["days"],
                source=values["source"], by=request.actor, now=request.now,
                token=form.idempotency_token,
            ),
        )  # fmt: skip
        if done is not None:
            messages.success(request, _("It counts from now on; everybody is planned anew."))
            return redirect("elders:paces")
    sources, days = queries.sources_of_paces(), queries.paces_in_force()
    lines = [
        (
            CATEGORY_LABELS[category],
            [(WAY_LABELS[way], days.get((category, way))) for way in PLANNED_WAYS],
            "；".join(filter(None, (sources.get((category, way), "") for way in PLANNED_WAYS))),
        )
        for category in Category
    ]
    context = {
        "form": form, "lines": lines, "ways": [WAY_LABELS[way] for way in PLANNED_WAYS],
        "may_set": may_set_paces(request.actor),
    }  # fmt: skip
    return render(request, "elders/paces.html", context, status=422 if form.errors else 200)
