"""Who may do what in reception: one predicate per act. The subject is an Actor, never a user."""

from datetime import datetime

import rules

from mulin.commons.flow.models import Need, Visibility
from mulin.ground.community.rules import Actor, Role, Scope
from mulin.parlour.reception.models import Confirmation, Demand, Offer, Share, Visit
from mulin.parlour.reception.rules import is_undone_in_time, place_is_public

#: What an act of reception may be done to.
Thing = Demand | Confirmation | Offer | Share | Visit


@rules.predicate
def is_desk(actor: Actor) -> bool:
    return actor.has(Role.COMMUNITY_WORKER, Role.HEAD)


@rules.predicate
def is_head(actor: Actor) -> bool:
    return actor.has(Role.HEAD)


@rules.predicate
def is_handler(actor: Actor) -> bool:
    return actor.is_handler


@rules.predicate
def is_system(actor: Actor) -> bool:
    return actor.is_system


@rules.predicate
def is_owner(actor: Actor, demand: Demand) -> bool:
    return actor.account_id is not None and demand.owner_id == actor.account_id


@rules.predicate
def is_officer_of_its_grid(actor: Actor, demand: Demand) -> bool:
    return (
        demand.grid_id is not None
        and demand.grid_id in actor.grid_ids
        and demand.need.visibility != Visibility.CONFIDENTIAL
    )


def asked(actor: Actor, need: Need) -> bool:
    """Whether this is the person who asked: by account, by person, or by the code they hold."""
    return (
        (actor.account_id is not None and need.asked_by_account_id == actor.account_id)
        or (actor.person_id is not None and need.person_id == actor.person_id)
        or (bool(actor.held_code) and actor.held_code == need.follow_code)
    )


@rules.predicate
def is_asker(actor: Actor, demand: Demand) -> bool:
    return asked(actor, demand.need)


@rules.predicate
def did_not_handle_it(actor: Actor, confirmation: Confirmation) -> bool:
    return actor.account_id is not None and confirmation.handler_id != actor.account_id


@rules.predicate
def noted_it(actor: Actor, visit: Visit) -> bool:
    return actor.account_id is not None and visit.worker_id == actor.account_id


@rules.predicate
def hands_demands_in(actor: Actor) -> bool:
    """Anybody; a program only if it was given this."""
    return not actor.is_program or Scope.DEMANDS_WRITE in actor.scopes


@rules.predicate
def is_offered_it(actor: Actor, demand: Demand) -> bool:
    return (
        actor.account_id is not None
        and actor.is_handler
        and Offer.objects.open().filter(demand=demand).filter(to_id=actor.account_id).exists()
    )


@rules.predicate
def helps_with_it(actor: Actor, demand: Demand) -> bool:
    return (
        actor.account_id is not None
        and actor.is_handler
        and Share.objects.readable()
        .filter(demand=demand)
        .filter(helper_id=actor.account_id)
        .exists()
    )


@rules.predicate
def is_shown_to_neighbours(_actor: Actor, demand: Demand) -> bool:
    """An open one about a thing that stands in the street for all to see."""
    need = demand.need
    return (
        demand.is_open
        and not need.is_sealed
        and need.visibility != Visibility.CONFIDENTIAL
        and need.category is not None
        and place_is_public(need.category.code)
    )


@rules.predicate
def was_offer_made_to(actor: Actor, offer: Offer) -> bool:
    return actor.account_id is not None and offer.to_id == actor.account_id


@rules.predicate
def made_the_offer(actor: Actor, offer: Offer) -> bool:
    return actor.account_id is not None and offer.giver_id == actor.account_id


@rules.predicate
def is_its_helper(actor: Actor, share: Share) -> bool:
    return actor.account_id is not None and share.helper_id == actor.account_id


@rules.predicate
def brings_orders(actor: Actor) -> bool:
    return Scope.ORDERS in actor.scopes


works_on_it = is_desk | is_owner | is_officer_of_its_grid

rules.add_perm("reception.receive", hands_demands_in)
rules.add_perm("reception.see", works_on_it | is_asker)
rules.add_perm("reception.work_on", works_on_it)
rules.add_perm("reception.read", works_on_it | helps_with_it | is_offered_it)
rules.add_perm("reception.note", works_on_it | helps_with_it)
rules.add_perm("reception.assign", is_head | is_system)
rules.add_perm("reception.answer_offer", is_handler & was_offer_made_to)
rules.add_perm("reception.withdraw_offer", made_the_offer | is_head)
rules.add_perm("reception.report_share", is_handler & is_its_helper)
rules.add_perm("reception.join_in", works_on_it | is_shown_to_neighbours)
rules.add_perm("reception.leave", works_on_it | is_asker)
rules.add_perm("reception.change_templates", is_head)
rules.add_perm("reception.confirm", is_asker)
rules.add_perm("reception.call_back", is_desk & did_not_handle_it)
rules.add_perm("reception.record_visit", is_handler)
rules.add_perm("reception.show", is_desk)
rules.add_perm("reception.object", is_asker)
rules.add_perm("reception.keep_pack", is_desk | is_system)
rules.add_perm("reception.print_pack", is_desk)
rules.add_perm("reception.undo_visit", noted_it)
rules.add_perm("reception.change_limits", is_head)
rules.add_perm("reception.change_visit_kinds", is_head)
rules.add_perm("reception.import_demands", is_desk | is_system)
rules.add_perm("reception.import_visits", is_desk | is_system)
rules.add_perm("reception.take_in_orders", is_desk | is_system | brings_orders)
rules.add_perm("reception.give_back", is_desk)
rules.add_perm("reception.escalate", is_system)


def works_on_need(actor: Actor, need: Need) -> bool:
    """Whether this actor works on the demand of a need, and so sees whatever belongs to it."""
    demand = Demand.objects.select_related("need").filter(need=need).first()
    return demand is not None and not need.is_sealed and may(actor, "read", demand)


def may(actor: Actor, act: str, thing: Thing | None = None) -> bool:
    """Whether this actor may do this act of reception to this thing. Raises KeyError for an act
    that has no rule.
    """
    name = f"reception.{act}"
    if not rules.perm_exists(name):
        raise KeyError(name)
    return bool(rules.has_perm(name, actor, thing))


def may_print_slip(actor: Actor, demand_id: int) -> bool:
    """Whoever works on a demand gives its asker the slip, which names nobody."""
    demand = _demand_of(demand_id)
    return demand is not None and may(actor, "work_on", demand)


def may_write_letter(actor: Actor, demand: Demand) -> bool:
    """A letter begins with the asker's name: of somebody who gave theirs to the desk alone, the desk
    prints it.
    """
    if not may(actor, "work_on", demand):
        return False
    return actor.is_desk or demand.need.visibility != Visibility.ANONYMOUS


def may_print_letter(actor: Actor, demand_id: int) -> bool:
    """The same, of a letter that was printed before."""
    demand = _demand_of(demand_id)
    return demand is not None and may_write_letter(actor, demand)


def _demand_of(demand_id: int) -> Demand | None:
    found = Demand.objects.select_related("need").filter(need__is_sealed=False)
    demand: Demand | None = found.filter(pk=demand_id).first()
    return demand


def may_take_back(actor: Actor, visit: Visit, now: datetime) -> bool:
    """Whether a visit can still be undone, or made a demand: one's own, fresh, of no demand yet."""
    return (
        may(actor, "undo_visit", visit)
        and visit.need_id is None
        and is_undone_in_time(visit.at, now)
    )
