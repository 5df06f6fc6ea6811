"""The six services: the catalogue, an order and what became of it; thanks."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from mulin.circle.elders.models import Elder, Service, ServiceOrder, Thanks
from mulin.circle.elders.permissions import cares_for, check_keeper, is_near, may_keep
from mulin.circle.elders.rules import BEST, DELIVERED_WITHIN, Care, OrderState
from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor
from mulin.ground.notify.actions import tell
from mulin.ground.people.models import Organisation, Person
from mulin.kit.clock import local_day
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A service as the catalogue has it; `yuan` 0 is free."""

    kind: Care
    name: str
    provider: Organisation | None = None
    yuan: Decimal = Decimal(0)
    minutes: int = 60


def add_service(offered: Offered, *, by: Actor, now: datetime, token: str | None = None) -> Service:
    """Put a service into the catalogue. Raises NotPermitted, Refused for a name that is there."""
    check_keeper(by)
    with recording(by, "elders.add_service", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Service)
        try:
            with transaction.atomic():
                service: Service = Service.objects.create(
                    community_id=by.community_id, kind=offered.kind, name=offered.name.strip(),
                    provider=offered.provider, yuan=offered.yuan, minutes=offered.minutes,
                    since=now,
                )  # fmt: skip
        except IntegrityError:
            raise Refused(_("A service of this name is there already."), field="name") from None
        act.on(service, after={"name": service.name, "yuan": offered.yuan})
    return service


def end_service(service: Service, *, by: Actor, now: datetime, token: str | None = None) -> Service:
    """A service is offered no more; what was ordered stays. Raises NotPermitted, Refused."""
    check_keeper(by)
    with recording(by, "elders.end_service", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Service)
        if Service.objects.offered().filter(pk=service.pk).update(ended_on=local_day(now)) != 1:
            raise Refused(_("It is offered no more already."))
        act.on(service, after={"ended_on": local_day(now)})
    return service


def order_service(
    elder: Elder, service: Service, *, words: str = "", due_at: datetime | None = None, by: Actor,
    now: datetime, token: str | None = None,
) -> ServiceOrder:  # fmt: skip
    """A service is asked for: by the elder, their family, whoever cares for them, over the phone.

    It is owed a day later, or at `due_at`; the price of today stays with it. Raises NotPermitted,
    Refused.
    """
    if not (cares_for(by, elder) or is_near(by, elder)):
        raise NotPermitted(_("Please ask at the desk."))
    with recording(by, "elders.order_service", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(ServiceOrder)
        is_there = (
            Elder.objects.in_care().filter(pk=elder.pk).exists()
            and Service.objects.offered().filter(pk=service.pk).exists()
        )
        if not is_there:
            raise Refused(_("This is not offered any more."), field="service")
        order: ServiceOrder = ServiceOrder.objects.create(
            community_id=by.community_id, elder=elder, service=service, asked_at=now,
            channel=by.channel, entered_by_id=by.account_id, words=words.strip(),
            yuan=service.yuan, due_at=due_at or now + DELIVERED_WITHIN,
        )  # fmt: skip
        act.on(order, after={"elder": elder.pk, "service": service.pk, "yuan": service.yuan})
    return order


def deliver(
    order: ServiceOrder, *, minutes: int | None = None, by: Actor, now: datetime,
    token: str | None = None,
) -> ServiceOrder:  # fmt: skip
    """It was done. Raises NotPermitted, TakenMeanwhile."""
    check_keeper(by)
    spent = minutes or order.service.minutes
    with recording(by, "elders.deliver", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(ServiceOrder)
        _end(order, OrderState.DELIVERED, now=now, minutes=spent)
        act.on(order, after={"state": OrderState.DELIVERED, "minutes": spent})
    return order


def cancel_order(
    order: ServiceOrder, *, why: str, by: Actor, now: datetime, token: str | None = None
) -> ServiceOrder:
    """It is not wanted any more, or nobody can come. Raises NotPermitted, Refused, TakenMeanwhile."""
    if not (may_keep(by) or is_near(by, order.elder)):
        raise NotPermitted(_("Please ask at the desk."))
    if not why.strip():
        raise Refused(_("Say why, in a word."), field="why")
    with recording(by, "elders.cancel_order", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(ServiceOrder)
        _end(order, OrderState.CANCELLED, now=now, why=why.strip())
        act.on(order, after={"state": OrderState.CANCELLED})
    return order


def _end(order: ServiceOrder, state: OrderState, *, now: datetime, **values: object) -> None:
    moved = ServiceOrder.objects.open().filter(pk=order.pk)
    if moved.update(state=state, ended_at=now, **values) != 1:
        raise TakenMeanwhile(_("It was settled already. Open the list again to see."))
    order.state, order.ended_at = state, now


def rate(
    order: ServiceOrder, *, rating: int, words: str = "", by: Actor, now: datetime,
    token: str | None = None,
) -> ServiceOrder:  # fmt: skip
    """How it was, from 1 to 5: said by the elder or the family, or over the phone to the desk."""
    if not (may_keep(by) or is_near(by, order.elder)):
        raise NotPermitted(_("Only they themselves can say how it was."))
    if not 1 <= rating <= BEST:
        raise Refused(_("From one to five."), field="rating")
    with recording(by, "elders.rate", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(ServiceOrder)
        done = ServiceOrder.objects.filter(pk=order.pk, state=OrderState.DELIVERED, rating=None)
        if done.update(rating=rating, rating_words=words.strip()) != 1:
            raise TakenMeanwhile(_("It can be said once, when it was delivered."))
        act.on(order, after={"rating": rating})
    return order


def thank(
    elder: Elder, person: Person, *, words: str, by: Actor, now: datetime, token: str | None = None
) -> Thanks:
    """A word of thanks to somebody who helped; they read it. Raises NotPermitted, Refused."""
    if not (may_keep(by) or is_near(by, elder)):
        raise NotPermitted(_("Please ask at the desk."))
    if not words.strip():
        raise Refused(_("Write a word of thanks."), field="words")
    with recording(by, "elders.thank", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Thanks)
        thanks: Thanks = Thanks.objects.create(
            community_id=by.community_id, elder=elder, person=person, words=words.strip(), at=now
        )
        tell(
            ("person", person.pk), by=by, topic="elders",
            subject=_("Thank you from %(name)s") % {"name": elder.person.name}, body=words.strip(),
            now=now, key=f"elders-thanks-{thanks.pk}", may_wait=True,
        )  # fmt: skip
        act.on(thanks, after={"person": person.pk})
    return thanks
