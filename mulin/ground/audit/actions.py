"""Writing acts and looks; erasing what an act's detail says of a person."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import TypeVar

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from mulin.ground.audit.models import Act, ActDetail, ChainHead, Look
from mulin.ground.audit.rules import GENESIS, Link, digest_of_detail, head_seal, seal_of
from mulin.ground.community.rules import Actor
from mulin.kit.refusals import Refused

Record = TypeVar("Record", bound=models.Model)
Values = Mapping[str, object]
#: What follows in the same transaction when a form was used up: whose act it was, and its token.
Sequel = Callable[[Actor, str], None]

_sequels: list[Sequel] = []


def register_sequel(sequel: Sequel) -> None:
    """Called once by the `apps.py` of a floor above that keeps something for a form not yet sent."""
    _sequels.append(sequel)


class Recording:
    """One act while it is being done."""

    def __init__(self, first: Act | None) -> None:
        self._first = first
        self._dropped = False
        self.kind = ""
        self.record_id = 0
        self.before: Values = {}
        self.after: Values = {}

    @property
    def is_repeat(self) -> bool:
        """The same form was sent before; the act is done, and its record is `first_result`."""
        return self._first is not None

    def first_result(self, model: type[Record]) -> Record:
        """What the first sending made."""
        if self._first is None:
            msg = "nothing was done before"
            raise LookupError(msg)
        return model._default_manager.get(pk=self._first.record_id)  # noqa: SLF001  typed for any model

    @property
    def first_at(self) -> datetime | None:
        """When it was done the first time; None where this is the first."""
        return self._first.at if self._first is not None else None

    def drop(self) -> None:
        """Nothing was done after all: no act is written."""
        self._dropped = True

    @property
    def is_to_be_written(self) -> bool:
        return not self.is_repeat and not self._dropped

    def on(
        self, record: models.Model, *, before: Values | None = None, after: Values | None = None
    ) -> None:
        """Name the record the act was done to, and what changed."""
        self.kind = record._meta.label_lower
        self.record_id = record.pk
        self.before = before or {}
        self.after = after or {}


@contextmanager
def recording(
    by: Actor, verb: str, *, now: datetime, token: str | None = None
) -> Iterator[Recording]:
    """One transaction in which an action does its work and its act is written.

    The chain's head is locked first, so acts of one community follow each other and a second
    sending of the same token waits for the first and then sees it. An exception undoes both
    the work and the act. Raises Refused for a token that another act or account has used.
    """
    # What is written down speaks the community's language, whatever the actor's page speaks.
    with transaction.atomic(), translation.override(settings.LANGUAGE_CODE):
        _locked_head(by.community_id)
        first = Act.objects.filter(token=token).first() if token else None
        if first is not None and (first.verb, first.account_id) != (verb, by.account_id):
            # A token is one form in one pair of hands; somebody else's result is not shown.
            raise Refused(_("This form was used already. Please open the page afresh."))
        act = Recording(first)
        yield act
        if act.is_to_be_written:
            _write(act, by=by, verb=verb, now=now, token=token)
        if token and (act.is_repeat or act.is_to_be_written):
            for sequel in _sequels:
                sequel(by, token)


def _locked_head(community_id: int) -> ChainHead:
    heads = ChainHead.objects.select_for_update().filter(community_id=community_id)
    head: ChainHead | None = heads.first()
    if head is None:
        proof = head_seal(community_id, 0, GENESIS, key=settings.MULIN_AUDIT_KEY)
        ChainHead.objects.bulk_create(
            [ChainHead(community_id=community_id, seq=0, seal=GENESIS, proof=proof)],
            ignore_conflicts=True,  # somebody else's first act came at the same moment
        )
        head = heads.get()
    return head


def _write(act: Recording, *, by: Actor, verb: str, now: datetime, token: str | None) -> None:
    head = _locked_head(by.community_id)  # an action inside this one may have moved it on
    if not act.kind:
        msg = f"the act {verb} named no record"
        raise ValueError(msg)
    key = settings.MULIN_AUDIT_KEY
    changes = json.dumps(
        {"before": act.before, "after": act.after},
        cls=DjangoJSONEncoder, ensure_ascii=False, sort_keys=True,
    )  # fmt: skip
    link = Link(
        community_id=by.community_id, seq=head.seq + 1, at=now, account_id=by.account_id,
        on_behalf_of=by.on_behalf_of, channel=by.channel, verb=verb, kind=act.kind,
        record_id=act.record_id, detail_digest=digest_of_detail(changes, key=key),
        previous=head.seal,
    )  # fmt: skip
    seal = seal_of(link, key=key)
    row = Act.objects.create(
        community_id=link.community_id, seq=link.seq, at=now, account_id=link.account_id,
        on_behalf_of=link.on_behalf_of, channel=link.channel, verb=verb, kind=link.kind,
        record_id=link.record_id, token=token, detail_digest=link.detail_digest,
        previous=link.previous, seal=seal,
    )  # fmt: skip
    ActDetail.objects.create(community_id=link.community_id, act=row, changes=changes)
    head.seq, head.seal = link.seq, seal
    head.proof = head_seal(link.community_id, link.seq, seal, key=key)
    head.save(update_fields=["seq", "seal", "proof"])


def record_look(record: models.Model, *, by: Actor, what: str, reason: str, now: datetime) -> Look:
    """Note that somebody read something sensitive of this record.

    Raises ValueError for an actor without an account: a program reads on nobody's authority.
    """
    if by.account_id is None:
        raise ValueError("only somebody with an account can look")
    look: Look = Look.objects.create(
        community_id=by.community_id,
        at=now,
        account_id=by.account_id,
        kind=record._meta.label_lower,
        record_id=record.pk,
        what=what,
        reason=reason,
    )
    return look


def erase_details(kind: str, record_ids: list[int], *, now: datetime) -> int:
    """Erase for good what acts on these records say; the acts themselves stay in the chain.

    Returns how many details were erased. 《个人信息保护法》第47条.
    """
    details = ActDetail.objects.filter(
        act__kind=kind, act__record_id__in=record_ids, erased_at__isnull=True
    )
    count: int = details.update(changes=None, erased_at=now)
    return count
