"""Households, organisations, and who belongs to them."""

from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor
from mulin.ground.people import permissions
from mulin.ground.people.actions.persons import standing
from mulin.ground.people.models import (
    Affiliation,
    Household,
    Organisation,
    OrganisationKind,
    Person,
)
from mulin.kit.refusals import NotPermitted, Refused


def join_household(
    person: Person,
    *,
    by: Actor,
    now: datetime,
    household: Household | None = None,
    name: str = "",
    token: str | None = None,
) -> Person:
    """Let somebody keep house with others: in a household there is, a new one, or none.

    A new one is called `name`, or after the person. Neither given: they leave their household.
    """
    if not permissions.may_change(by, person):
        raise NotPermitted(_("Please ask the desk to change this record."))
    with recording(by, "join_household", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Person)
        current = standing(person)
        before = current.household_id
        if household is None and name.strip():
            household = Household.objects.create(
                community_id=by.community_id, name=name.strip()[:60]
            )
        current.household = household
        current.save(update_fields=["household"])
        act.on(
            current, before={"household_id": before}, after={"household_id": current.household_id}
        )
    return current


def keep_house_with(
    person: Person, other: Person, *, by: Actor, now: datetime, token: str | None = None
) -> Person:
    """Let somebody keep house with another: in the other's household, or in a new one that is
    called after the other.
    """
    if not (permissions.may_change(by, person) and permissions.may_change(by, other)):
        raise NotPermitted(_("Please ask the desk to change this record."))
    with recording(by, "keep_house_with", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Person)
        current, other = standing(person), standing(other)
        if current.pk == other.pk:
            raise Refused(_("Choose somebody else than the person."), field="other")
        before = current.household_id
        if other.household is None:
            other.household = Household.objects.create(
                community_id=by.community_id, name=other.name[:60]
            )
            other.save(update_fields=["household"])
        current.household = other.household
        current.save(update_fields=["household"])
        act.on(
            current, before={"household_id": before}, after={"household_id": current.household_id}
        )
    return current


def found_organisation(
    *,
    by: Actor,
    now: datetime,
    name: str,
    kind: str,
    phone: str = "",
    address: str = "",
    token: str | None = None,
) -> Organisation:
    """Put a firm, shop, school, unit or group on the list. Raises Refused if its name is there."""
    _may_keep(by)
    name = " ".join(name.split())
    if not name:
        raise Refused(_("Please type the name."), field="name")
    if kind not in OrganisationKind.values:
        raise Refused(_("Please choose what it is."), field="kind")
    with recording(by, "found_organisation", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Organisation)
        known = Organisation.objects.filter(name=name).select_related("merged_into").first()
        if known is not None and known.merged_into is not None:
            raise Refused(
                _("That is another name of “%(name)s”, which is on the list already."),
                {"name": known.merged_into.name},
                field="name",
            )
        if known is not None:
            raise Refused(_("An organisation of this name is on the list already."), field="name")
        organisation: Organisation = Organisation.objects.create(
            community_id=by.community_id, name=name, kind=kind, phone=phone, address=address
        )
        act.on(organisation, after={"name": name, "kind": kind})
    return organisation


def affiliate(
    person: Person,
    organisation: Organisation,
    *,
    by: Actor,
    now: datetime,
    post: str = "",
    since: date | None = None,
    token: str | None = None,
) -> Affiliation:
    """Say that somebody belongs to an organisation, with their post there."""
    _may_keep(by)
    if not permissions.may_see(by, person):
        raise NotPermitted(_("Please ask the desk about this record."))
    with recording(by, "affiliate", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Affiliation)
        current, organisation = standing(person), Organisation.kept_of(organisation)
        belongs: Affiliation = Affiliation.objects.create(
            community_id=by.community_id,
            organisation=organisation,
            person=current,
            post=" ".join(post.split())[:60],
            since=since,
        )
        act.on(belongs, after={"person_id": current.pk, "organisation_id": organisation.pk})
    return belongs


def end_affiliation(
    belongs: Affiliation, *, by: Actor, now: datetime, until: date, token: str | None = None
) -> Affiliation:
    """Say until which day somebody belonged to an organisation."""
    _may_keep(by)
    if belongs.since and until < belongs.since:
        raise Refused(_("The last day lies before the first one."), field="until")
    with recording(by, "end_affiliation", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Affiliation)
        belongs.until = until
        belongs.save(update_fields=["until"])
        act.on(belongs, after={"until": until})
    return belongs


def _may_keep(by: Actor) -> None:
    if not permissions.may_keep_organisations(by):
        raise NotPermitted(_("Please ask the desk to change the list of organisations."))
