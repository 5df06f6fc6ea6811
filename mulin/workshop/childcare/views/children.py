"""The children of the room, and everything about one."""

from functools import partial
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from mulin.ground.community.access import Request, opened_to
from mulin.ground.community.deeds import Deed, Failed, do, shown
from mulin.kit.clock import local_day
from mulin.kit.forms import ActForm, PlainForm
from mulin.kit.paging import page_of
from mulin.workshop.childcare import queries
from mulin.workshop.childcare.actions import days, enrolment, handover
from mulin.workshop.childcare.forms import (
    AnswerForm,
    BlockForm,
    BookForm,
    CodesForm,
    ConsentForm,
    FactsForm,
    GiveForm,
    GroupForm,
    GuardianForm,
    IncidentForm,
    LiftForm,
    NoteForm,
    ObjectForm,
    OrderForm,
    PhoneForm,
    PickerForm,
    PickForm,
    ToldForm,
    UntilForm,
)
from mulin.workshop.childcare.models import (
    Block,
    Booking,
    Child,
    Incident,
    Objection,
    Picker,
    Stay,
    Use,
)
from mulin.workshop.childcare.rules import LEAD, MINDERS, NO_GOING_ON
from mulin.workshop.childcare.views.reading import child_or_404, cleared, look, once


def deeds_of(child: Child, request: Request) -> dict[str, Deed]:
    """What staff may do for a child now, each a form behind its line."""
    lead = request.actor.has(*LEAD)
    said = _("Written down.")
    found: dict[str, Deed] = {
        "note": Deed(
            _("Words for the family"),
            lambda form, asked: days.write_note(
                child, form.cleaned_data["words"], pictures=form.cleaned_data["pictures"],
                **once(asked, form),
            ),
            _("The family is told that there are some lines."),
            NoteForm, is_with_files=True,
        ),
        "incident": Deed(
            _("Something happened"),
            lambda form, asked: days.write_incident(
                child, what=form.cleaned_data["what"], done=form.cleaned_data["done"],
                told=form.cleaned_data["told"], happened_at=form.happened_at(asked.now),
                **once(asked, form),
            ),
            _("Written down. The family is asked to look or to call."), IncidentForm,
        ),
        "give": Deed(
            _("Give medicine"),
            lambda form, asked: days.give_medicine(
                form.cleaned_data["order"], watched_by=form.cleaned_data["second"],
                **once(asked, form),
            ),
            said,
            partial(GiveForm, child=child),
        ),
        "order": Deed(
            _("A written order for medicine"),
            lambda form, asked: days.order_medicine(
                child, medicine=form.cleaned_data["medicine"], dose=form.cleaned_data["dose"],
                signed_by=form.cleaned_data["signed_by"],
                first=local_day(form.cleaned_data["first"]),
                last=local_day(form.cleaned_data["last"]), per_day=form.cleaned_data["per_day"],
                **once(asked, form),
            ),
            said,
            OrderForm,
        ),
        "book": Deed(
            _("Book a place"), lambda form, asked: book(child, form, asked), _("Booked."), BookForm
        ),
        "facts": Deed(
            _("What we should know"),
            lambda form, asked: enrolment.write_facts(child, form.facts(), **once(asked, form)),
            said,
            FactsForm,
        ),
        "picker": Deed(
            _("Somebody else may fetch"), lambda form, asked: add_picker(child, form, asked),
            said, partial(PickerForm, child=child),
        ),
        "phone": Deed(
            _("A guardian's new number"), change_phone, said, partial(PhoneForm, child=child)
        ),
        "consent": Deed(
            _("A guardian agrees, or not any more"),
            lambda form, asked: consent(child, form, asked),
            said, partial(ConsentForm, child=child),
        ),
        "object": Deed(
            _("One guardian speaks against another"),
            lambda form, asked: object_to(child, form, asked),
            said, partial(ObjectForm, child=child),
        ),
        "put": Deed(
            _("Into which group"),
            lambda form, asked: enrolment.put_in_group(
                child, group=form.cleaned_data["group"], **once(asked, form)
            ),
            said,
            GroupForm,
        ),
    }  # fmt: skip
    if lead:
        found |= _of_lead(child)
    if child.accepted_at is None:
        kept = {"facts", "consent", "accept", "guardian", "block", "phone", "forget"}
        return {name: deed for name, deed in found.items() if name in kept}
    return found


def _of_lead(child: Child) -> dict[str, Deed]:
    said = _("Written down.")
    if child.accepted_at is None:
        first = {
            "accept": Deed(
                _("Take the child"),
                lambda form, asked: enrolment.accept(
                    child, group=form.cleaned_data["group"], **once(asked, form)
                ),
                _("The child is enrolled."), GroupForm,
            ),
            "forget": Deed(
                _("Don't take it: delete everything"),
                lambda form, asked: enrolment.forget(child, **once(asked, form)),
                _("Deleted."),
            ),
        }  # fmt: skip
    else:
        first = {
            "leave": Deed(
                _("The child comes no more"),
                lambda form, asked: enrolment.leave(child, **once(asked, form)),
                _("The child has left. Health, lists and photos are deleted."),
            )
        }
    return first | {
        "guardian": Deed(
            _("Another guardian"),
            lambda form, asked: enrolment.add_guardian(
                child, name=form.cleaned_data["name"], relation=form.cleaned_data["relation"],
                phone=form.cleaned_data["phone"], **once(asked, form),
            ),
            said,
            GuardianForm,
        ),
        "block": Deed(
            _("Somebody must not take the child"),
            lambda form, asked: enrolment.block(
                child, name=form.cleaned_data["name"], relation=form.cleaned_data["relation"],
                phone=form.cleaned_data["phone"], paper=form.cleaned_data["paper"],
                **once(asked, form),
            ),
            said,
            BlockForm,
        ),
        "lift": Deed(
            _("A paper ends that somebody must not"),
            lambda form, asked: enrolment.lift_block(
                form.cleaned_data["block"], paper=form.cleaned_data["paper"], **once(asked, form)
            ),
            said,
            partial(LiftForm, child=child),
        ),
    }  # fmt: skip


def buttons_of(child: Child) -> dict[str, Deed]:
    """What a button does that stands beside its thing."""
    said = _("Written down.")
    pick = partial(PickForm, child=child)
    return {
        "arrive": Deed(
            _("The child is here"),
            lambda form, asked: days.arrive(
                child, until=form.cleaned_data["until"], is_alone=form.cleaned_data["alone"],
                **once(asked, form),
            ),
            _("Here."), UntilForm,
        ),
        "answer": Deed(
            _("What happens now"),
            lambda form, asked: handover.answer_alarm(
                _here(child), form.cleaned_data["words"], **once(asked, form)
            ),
            _("Written down. In half an hour it rings again."), AnswerForm,
        ),
        "told": Deed(
            _("The family was told"),
            lambda form, asked: days.say_told(
                form.cleaned_data["incident"], form.cleaned_data["told"], **once(asked, form)
            ),
            said,
            partial(ToldForm, child=child),
        ),
        "unpick": Deed(
            _("On the list no more"),
            lambda form, asked: enrolment.stop_picker(
                _row(form, "picker"), **once(asked, form)
            ),
            said,
            pick,
        ),
        "unbook": Deed(
            _("Cancel the place"),
            lambda form, asked: days.cancel_booking(_row(form, "booking"), **once(asked, form)),
            _("Cancelled."),
            pick,
        ),
        "unorder": Deed(
            _("Stop the order"),
            lambda form, asked: days.stop_order(_row(form, "order"), **once(asked, form)),
            said,
            pick,
        ),
        "unobject": Deed(
            _("They take it back"),
            lambda form, asked: enrolment.lift_objection(
                _row(form, "objection"), **once(asked, form)
            ),
            said,
            pick,
        ),
    }  # fmt: skip


def _here(child: Child) -> Stay:
    found: Stay | None = Stay.objects.here().filter(child=child).first()
    if found is None:
        raise Http404
    return found


def _row(form: ActForm, name: str) -> Any:  # Any: a row of the table that the button is about
    """What a button is about. Raises Http404 for a button without it."""
    row = form.cleaned_data.get(name)
    if row is None:
        raise Http404
    return row


def book(child: Child, form: BookForm, asked: Request) -> str | None:
    """A place on a day, by staff or a guardian: what to say of it where it has to wait."""
    booking = days.book(
        child, local_day(form.cleaned_data["day"]), starts=form.cleaned_data["starts"],
        ends=form.cleaned_data["ends"], **once(asked, form),
    )  # fmt: skip
    if not booking.waits:
        return None
    return gettext(
        "Asked for. Too few adults are on duty that day; once they are found the place is yours."
    )


def add_picker(child: Child, form: PickerForm, asked: Request) -> Picker:
    """Somebody who may fetch, named by a guardian."""
    return enrolment.add_picker(
        child, name=form.cleaned_data["name"], relation=form.cleaned_data["relation"],
        phone=form.cleaned_data["phone"], until=form.until_day(),
        guardian=form.cleaned_data["guardian"], **once(asked, form),
    )  # fmt: skip


def change_phone(form: PhoneForm, asked: Request) -> object:
    """A guardian's new number. Raises Http404 where it isn't said whose."""
    return enrolment.change_phone(
        _row(form, "guardian"), form.cleaned_data["phone"], **once(asked, form)
    )


def consent(child: Child, form: ConsentForm, asked: Request) -> object:
    """One use, agreed to or not."""
    return enrolment.say_consent(
        child, Use(form.cleaned_data["use"]), is_given=form.cleaned_data["is_given"] == "yes",
        guardian=form.cleaned_data["guardian"], **once(asked, form),
    )  # fmt: skip


def object_to(child: Child, form: ObjectForm, asked: Request) -> Objection:
    """One guardian speaks against another."""
    return enrolment.object_to(
        child, form.cleaned_data["against"], guardian=form.cleaned_data["guardian"],
        **once(asked, form),
    )  # fmt: skip


def initial_facts(child: Child) -> dict[str, Any]:  # Any: values of several fields
    """The form of what we should know, as it stands."""
    facts = child.facts.first()
    if facts is None:
        return {}
    names = ("health", "allergy", "school", "hours", "plan", "contacts")
    return {name: getattr(facts, name) or "" for name in names} | {"allergens": facts.allergen_list}


@opened_to(*MINDERS)
@require_safe
@cleared
def children(request: Request) -> HttpResponse:
    """Who is enrolled, who asks."""
    look(request, None, "children")
    rows = Child.objects.enrolled().select_related("group")
    asked = list(Child.objects.asked()[:50])
    context = {"page": page_of(rows, request.GET, size=40), "asked": asked}
    return render(request, "childcare/children.html", context)


@opened_to(*MINDERS)
@require_safe
@cleared
def child(request: Request, pk: int) -> HttpResponse:
    """Everything the room knows of a child; who must not take it stands on top, in red."""
    return _child_page(request, child_or_404(pk))


def _child_page(
    request: Request, found: Child, failed: Failed | None = None, status: int = 200
) -> HttpResponse:
    look(request, found, "child")
    today = local_day(request.now)
    deeds = deeds_of(found, request)
    context = {
        "child": found,
        "blocks": Block.objects.standing().filter(child=found).select_related("seen_by"),
        "facts": found.facts.first(),
        "known": queries.fetchers(found, today),
        "pickers": Picker.objects.on(today).filter(child=found),
        "objections": Objection.objects.filter(child=found, lifted_at__isnull=True)
        .select_related("guardian", "against"),
        "consents": queries.consents_by_use(found),
        "stay": Stay.objects.here().filter(child=found).first(),
        "bookings": Booking.objects.filter(
            child=found, day__gte=today, cancelled_at__isnull=True
        )[:14],
        "orders": queries.orders_today(found, today),
        "incidents": Incident.objects.filter(child=found)[:5],
        "notes": found.notes.prefetch_related("pictures")[:5],
        "siblings": [one for one in queries.siblings_of(found) if one.pk != found.pk],
        "until_form": UntilForm(auto_id="until_%s"),
        "too_few": bool(
            queries.lacking(request.now, coming=[found.born_on]) & NO_GOING_ON
        ),
        "plain_form": PlainForm(),
        "codes_form": CodesForm(auto_id="codes_%s"),
        "told_form": ToldForm(child=found, auto_id="told_%s"),
        "deeds": shown(
            deeds, lambda name: reverse("childcare:child-act", args=[found.pk, name]), failed,
            initial_facts(found) | {"words": queries.done_today(found, today)},
        ),
        "failed": failed[1] if failed and failed[0] not in deeds else None,
    }  # fmt: skip
    return render(request, "childcare/child.html", context, status=status)


@opened_to(*MINDERS)
@require_POST
@cleared
def child_act(request: Request, pk: int, deed: str) -> HttpResponse:
    """One deed about a child."""
    found = child_or_404(pk)
    failed = do(deeds_of(found, request) | buttons_of(found), deed, request)
    if failed is not None:
        return _child_page(request, found, (deed, failed), 422)
    if deed in {"arrive", "answer"}:
        return redirect("childcare:day")
    if deed in {"leave", "forget"}:
        return redirect("childcare:children")
    return redirect("childcare:child", pk=pk)
