"""A child is asked for, accepted, known better, leaves; its guardians, pickers, block list."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor
from mulin.ground.people.models import Person
from mulin.ground.people.rules import may_guard
from mulin.kit.clock import local_day
from mulin.kit.phones import NumberRefused, normalise_phone
from mulin.kit.refusals import NotPermitted, Refused
from mulin.workshop.childcare.models import (
    Block,
    CareConsent,
    Child,
    ChildFacts,
    DayPicture,
    Group,
    Guardian,
    Objection,
    Picker,
    Stay,
    Use,
)
from mulin.workshop.childcare.permissions import (
    account_of,
    check_cleared,
    check_for_child,
    check_lead,
    may_enrol,
)
from mulin.workshop.childcare.queries import (
    block_for,
    has_consent,
    person_with,
    phone_index,
    plain_phone,
)
from mulin.workshop.childcare.rules import Allergen, band_on, same_name


@dataclass(frozen=True, slots=True)
class Asking:
    """What is said when a child is enrolled."""

    name: str
    born_on: date
    guardian: str
    relation: str
    phone: str
    uses: frozenset[str]


def ask_place(
    asking: Asking, *, by: Actor, now: datetime, person: Person | None = None,
    token: str | None = None,
) -> Child:  # fmt: skip
    """Ask for a place for a child, with the guardian's own consent. 《个人信息保护法》第29、31条.

    `person` is the guardian who asks for themselves; where desk or lead writes it down the roll is
    asked by the whole phone number. Raises Refused without consent, for an age nobody may mind
    here, for a guardian under age, for one nobody can reach.
    """
    if not may_enrol(by):
        raise NotPermitted(_("Please ask at the desk."))
    day = local_day(now)
    if Use.CARE not in asking.uses:
        raise Refused(
            _("Without the guardian's consent nothing of a child may be kept."), field="uses"
        )
    if asking.born_on > day or band_on(asking.born_on, day) is None:
        raise Refused(
            _("The room minds children from six months until they are grown."), field="born_on"
        )
    _check_reachable(asking.phone)
    with recording(by, "childcare.ask_place", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Child)
        found = person or person_with(asking.phone)
        if found is not None and not may_guard(found.born_on, day):
            raise Refused(_("The guardian must be of age. Please choose another."), field="phone")
        child: Child = Child.objects.create(
            community_id=by.community_id, name=asking.name.strip(), born_on=asking.born_on,
            asked_at=now,
        )  # fmt: skip
        guardian = _guardian(
            child, name=asking.guardian, relation=asking.relation, phone=asking.phone, person=found
        )
        for use in Use.values:
            _say(child, Use(use), guardian, is_given=use in asking.uses, by=by, now=now)
        act.on(child, after={"guardian": guardian.pk, "uses": sorted(asking.uses)})
    return child


def _check_reachable(phone: str) -> None:
    """Raises Refused beside the field: no child is here whose guardian cannot be called."""
    try:
        normalise_phone(phone)
    except NumberRefused:
        raise Refused(
            _("Type a number at which the guardian can be reached, a landline with its area code."),
            field="phone",
        ) from None


def _guardian(
    child: Child, *, name: str, relation: str, phone: str, person: Person | None
) -> Guardian:
    number = plain_phone(phone)
    guardian: Guardian = Guardian.objects.create(
        community_id=child.community_id, child=child, name=name.strip(), relation=relation.strip(),
        phone=number, phone_index=phone_index(number),
        person=Person.kept_of(person) if person else None,
    )  # fmt: skip
    return guardian


def accept(
    child: Child, *, group: Group | None, by: Actor, now: datetime, token: str | None = None
) -> Child:
    """Whoever leads the room met the guardian, saw the papers, and takes the child."""
    check_lead(by, now)
    with recording(by, "childcare.accept", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Child)
        waiting = Child.objects.asked().filter(pk=child.pk)
        if waiting.update(accepted_at=now, group=group) != 1:
            raise Refused(_("This child is enrolled already, or gone."))
        child.accepted_at, child.group = now, group
        act.on(child, after={"group": group.pk if group else None})
    return child


def put_in_group(
    child: Child, *, group: Group | None, by: Actor, now: datetime, token: str | None = None
) -> Child:
    """The child is with other children from now on."""
    check_cleared(by, now)
    with recording(by, "childcare.put_in_group", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Child)
        child.group = group
        child.save(update_fields=["group"])
        act.on(child, after={"group": group.pk if group else None})
    return child


def leave(child: Child, *, by: Actor, now: datetime, token: str | None = None) -> Child:
    """The child comes no more: what was sensitive is gone at once, hand-overs and incidents stay
    until nobody can ask about them any more (`jobs.forget_children`).
    """
    guardian = check_for_child(by, child, now)
    if guardian is None:
        check_lead(by, now)
    with recording(by, "childcare.leave", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Child)
        if Stay.objects.here().filter(child=child).exists():
            raise Refused(_("The child is in the room. First it is handed over."))
        child.left_on = local_day(now)
        child.save(update_fields=["left_on"])
        drop_sensitive(child)
        act.on(child)
    return child


def drop_sensitive(child: Child) -> None:
    """Delete facts, lists, notes and photos of a child. Safe to run twice."""
    _drop_pictures(child)
    for rows in (child.facts, child.pickers, child.notes, child.orders, child.bookings):
        rows.all().delete()


def _drop_pictures(child: Child) -> None:
    for picture in DayPicture.objects.filter(note__child=child):
        picture.file.delete(save=False)
        picture.delete()


def forget(child: Child, *, by: Actor, now: datetime, token: str | None = None) -> None:
    """Delete everything of a child, for good: one that was turned down, or that left long ago.

    Raises Refused for a child that comes here.
    """
    if not by.is_system:
        check_lead(by, now)
    with recording(by, "childcare.forget", now=now, token=token) as act:
        if act.is_repeat:
            return
        if child.accepted_at is not None and child.left_on is None:
            raise Refused(_("This child comes here. First it leaves."))
        act.on(child)
        number = child.pk
        drop_sensitive(child)
        child.delete()
        child.pk = number


@dataclass(frozen=True, slots=True)
class Facts:
    """What the room should know."""

    health: str = ""
    allergens: tuple[str, ...] = ()
    allergy: str = ""
    school: str = ""
    hours: str = ""
    plan: str = ""
    contacts: str = ""

    @property
    def is_about_health(self) -> bool:
        return bool(self.health or self.allergens or self.allergy)


def write_facts(
    child: Child, facts: Facts, *, by: Actor, now: datetime, token: str | None = None
) -> ChildFacts:
    """Write down what the room should know. Health only with the consent for it. 《个人信息保护法》
    第29条.
    """
    check_for_child(by, child, now)
    if facts.is_about_health and not has_consent(child, Use.HEALTH):
        raise Refused(
            _("The guardian has not agreed that health is kept. Ask for it first."), field="health"
        )
    with recording(by, "childcare.write_facts", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(ChildFacts)
        allergens = ",".join(sorted(Allergen(one).value for one in facts.allergens))
        kept, _is_new = ChildFacts.objects.update_or_create(
            community_id=by.community_id, child=child,
            defaults={
                "health": facts.health, "allergens": allergens, "allergy": facts.allergy,
                "school": facts.school, "hours": facts.hours, "plan": facts.plan,
                "contacts": facts.contacts, "changed_at": now,
            },
        )  # fmt: skip
        act.on(kept)
    found: ChildFacts = kept
    return found


def say_consent(
    child: Child, use: Use, *, is_given: bool, by: Actor, now: datetime,
    guardian: Guardian | None = None, token: str | None = None,
) -> CareConsent:  # fmt: skip
    """A guardian agrees to one use, or takes it back; staff write down which guardian signed.

    What a use was for goes with it: health facts, photos. Without care there is no minding: then
    the child leaves.
    """
    own = check_for_child(by, child, now)
    guardian = own or guardian
    if guardian is None or guardian.child_id != child.pk:
        raise Refused(_("Say which guardian signed."), field="guardian")
    if use is Use.CARE and not is_given:
        raise Refused(
            _("Without this the room can't mind the child: take it off the list instead.")
        )
    with recording(by, "childcare.consent", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(CareConsent)
        said = _say(child, use, guardian, is_given=is_given, by=by, now=now)
        if not is_given:
            _forget_use(child, use)
        act.on(said, after={"use": use, "is_given": is_given, "guardian": guardian.pk})
    return said


def _say(
    child: Child, use: Use, guardian: Guardian, *, is_given: bool, by: Actor, now: datetime
) -> CareConsent:
    said: CareConsent = CareConsent.objects.create(
        community_id=by.community_id, child=child, use=use, is_given=is_given, guardian=guardian,
        at=now, channel=by.channel,
    )  # fmt: skip
    return said


def _forget_use(child: Child, use: Use) -> None:
    if use is Use.HEALTH:
        child.facts.update(health=None, allergens=None, allergy=None)
    if use is Use.PHOTO_FAMILY:
        _drop_pictures(child)


def add_guardian(
    child: Child, *, name: str, relation: str, phone: str, by: Actor, now: datetime,
    token: str | None = None,
) -> Guardian:  # fmt: skip
    """Another guardian, whose papers staff have seen. Raises Refused for somebody on the block list,
    and for one nobody can reach.
    """
    check_lead(by, now)
    _check_reachable(phone)
    _refuse_blocked(child, name=name, phone=phone)
    with recording(by, "childcare.add_guardian", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Guardian)
        guardian = _guardian(
            child, name=name, relation=relation, phone=phone, person=person_with(phone)
        )
        act.on(guardian, after={"child": child.pk})
    return guardian


def change_phone(
    guardian: Guardian, phone: str, *, by: Actor, now: datetime, token: str | None = None
) -> Guardian:
    """A guardian is reached at another number. Today a call to it proves nothing by itself.

    Raises NotPermitted, and Refused for what is no number: nobody may become unreachable.
    """
    own = check_for_child(by, guardian.child, now)
    if own is not None and own.pk != guardian.pk:
        raise NotPermitted(_("Only the guardian can say this."))
    _check_reachable(phone)
    with recording(by, "childcare.change_phone", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Guardian)
        number = plain_phone(phone)
        guardian.phone, guardian.phone_index = number, phone_index(number)
        guardian.phone_changed_at = now
        guardian.save(update_fields=["phone", "phone_index", "phone_changed_at"])
        act.on(guardian)
    return guardian


def add_picker(
    child: Child, *, name: str, relation: str, phone: str = "", until: date | None = None,
    by: Actor, now: datetime, guardian: Guardian | None = None, token: str | None = None,
) -> Picker:  # fmt: skip
    """A guardian says who else may fetch the child, always or until a day."""
    own = check_for_child(by, child, now)
    guardian = own or guardian
    if guardian is None or guardian.child_id != child.pk:
        raise Refused(_("Say which guardian named them."), field="guardian")
    if until is not None and until < local_day(now):
        raise Refused(_("This day is over."), field="until")
    _refuse_blocked(child, name=name, phone=phone)
    with recording(by, "childcare.add_picker", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Picker)
        picker: Picker = Picker.objects.create(
            community_id=by.community_id, child=child, name=name.strip(),
            relation=relation.strip(), phone=plain_phone(phone), said_by=guardian, at=now,
            until=until,
        )  # fmt: skip
        act.on(picker, after={"child": child.pk, "until": until})
    return picker


def _refuse_blocked(child: Child, *, name: str, phone: str) -> None:
    if block_for(child, name=name, phone=phone) is not None:
        # The words don't say why: whoever types this may be the one who must not know.
        raise Refused(_("This can't be written here. Please talk to whoever leads the room."))


def stop_picker(picker: Picker, *, by: Actor, now: datetime, token: str | None = None) -> Picker:
    """Somebody is on the list no more."""
    check_for_child(by, picker.child, now)
    with recording(by, "childcare.stop_picker", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Picker)
        picker.stopped_at = now
        picker.save(update_fields=["stopped_at"])
        act.on(picker, after={"child": picker.child_id})
    return picker


def block(
    child: Child, *, name: str, relation: str = "", phone: str = "", paper: str, by: Actor,
    now: datetime, token: str | None = None,
) -> Block:  # fmt: skip
    """A court or the police said that somebody must not take the child; the paper was seen.

    Whoever is meant is no guardian and no picker here from now on. Without a paper nobody can be
    blocked: then one guardian objects to another (`object_to`).
    """
    check_lead(by, now)
    if not paper.strip():
        raise Refused(_("Write which paper you saw: whose it is, its number."), field="paper")
    with recording(by, "childcare.block", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Block)
        number = plain_phone(phone)
        row: Block = Block.objects.create(
            community_id=by.community_id, child=child, name=name.strip(),
            relation=relation.strip(), phone=number, paper=paper.strip(),
            seen_by_id=account_of(by), at=now,
        )  # fmt: skip
        for rows in (Guardian.objects.standing(), Picker.objects.filter(stopped_at__isnull=True)):
            meant = [
                one.pk
                for one in rows.filter(child=child)
                if same_name(one.name, name) or (number and plain_phone(one.phone) == number)
            ]
            rows.filter(pk__in=meant).update(stopped_at=now)
        act.on(row, after={"child": child.pk})
    return row


def lift_block(
    row: Block, *, paper: str, by: Actor, now: datetime, token: str | None = None
) -> Block:
    """Another paper ends it. Who was meant is put on the lists again by hand, if at all."""
    check_lead(by, now)
    if not paper.strip():
        raise Refused(_("Write which paper you saw: whose it is, its number."), field="paper")
    with recording(by, "childcare.lift_block", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Block)
        row.lifted_at, row.lifted_paper = now, paper.strip()
        row.save(update_fields=["lifted_at", "lifted_paper"])
        act.on(row, after={"child": row.child_id})
    return row


def object_to(
    child: Child, against: Guardian, *, by: Actor, now: datetime,
    guardian: Guardian | None = None, token: str | None = None,
) -> Objection:  # fmt: skip
    """One guardian says that another must not take the child. No court has said so: it shuts
    nobody out, but from now on two members of staff look, and the identity card is shown.
    """
    own = check_for_child(by, child, now)
    guardian = own or guardian
    if guardian is None or {guardian.child_id, against.child_id} != {child.pk}:
        raise Refused(_("Say which guardian objects."), field="guardian")
    if guardian.pk == against.pk:
        raise Refused(_("Nobody objects to themselves."), field="against")
    with recording(by, "childcare.object_to", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Objection)
        row, is_new = Objection.objects.get_or_create(
            guardian=guardian, against=against, lifted_at=None,
            defaults={"community_id": by.community_id, "child": child, "at": now},
        )  # fmt: skip
        if not is_new:
            raise Refused(_("This is written down already."), field="against")
        act.on(row, after={"child": child.pk, "against": against.pk})
    found: Objection = row
    return found


def lift_objection(
    row: Objection, *, by: Actor, now: datetime, token: str | None = None
) -> Objection:
    """The guardian who objected takes it back; nobody else can."""
    own = check_for_child(by, row.child, now)
    if own is not None and own.pk != row.guardian_id:
        raise NotPermitted(_("Only the guardian who objected can take it back."))
    with recording(by, "childcare.lift_objection", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Objection)
        row.lifted_at = now
        row.save(update_fields=["lifted_at"])
        act.on(row, after={"child": row.child_id})
    return row
