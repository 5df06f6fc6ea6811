"""What an account has typed and not sent."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from mulin.ground.audit.models import Act
from mulin.ground.community.menu import entries
from mulin.ground.community.rules import Actor
from mulin.ground.drafts.models import Draft
from mulin.ground.drafts.rules import MOST_OF_ONE, Field


@dataclass(frozen=True, slots=True)
class Kept:
    """A draft with its text."""

    form: str
    token: str
    path: str
    began_at: datetime
    kept_at: datetime
    fields: list[Field]

    @property
    def words(self) -> str:
        """The longest thing that was typed: what its writer knows it by."""
        typed = (value for _name, value, ticked in self.fields if ticked is None)
        return max(typed, key=len, default="")


def drafts_of(actor: Actor, forms: Iterable[str] | None = None) -> list[Kept]:
    """An actor's own, the last touched first; of these forms, or of all. One query."""
    if actor.account_id is None:
        return []
    rows = Draft.objects.of(actor.account_id)
    if forms is not None:
        rows = rows.filter(form__in=list(forms))
    return [
        Kept(
            form=row.form, token=row.token, path=row.path, began_at=row.began_at,
            kept_at=row.kept_at,
            fields=[(name, value, ticked) for name, value, ticked in json.loads(row.fields)],
        )
        for row in rows[:MOST_OF_ONE]
    ]  # fmt: skip


def named_place(path: str, actor: Actor) -> str:
    """What the menu calls the page a form stands on, or the one it belongs to; nothing where none
    is near.
    """
    near = [
        (len(address), str(entry.label))
        for entry in entries()
        if entry.is_for(actor)
        and path.startswith(address := reverse(entry.url_name))
        and address != "/"
    ]
    return max(near, default=(0, ""))[1]


def spent_among(actor: Actor, tokens: Sequence[str]) -> list[str]:
    """Those of these tokens under which this actor's act was done; one query, none for none."""
    if actor.account_id is None or not tokens:
        return []
    done = Act.objects.filter(account_id=actor.account_id, token__in=tokens[:MOST_OF_ONE])
    return [token for token in done.values_list("token", flat=True) if token]
