"""What may be shown of an answered demand: what tells of persons in it, and what passers-by read."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext

from mulin.commons.flow.models import FOR_STAFF, NeedPhoto, Step
from mulin.ground.community.models import Community, Grid
from mulin.ground.community.rules import Actor
from mulin.ground.figures.rules import Period
from mulin.ground.notify.sharing import Shared
from mulin.ground.people.models import Person
from mulin.kit.redaction import SOMEBODY, STAFF, Found, find, redact
from mulin.parlour.reception.figures import month_of
from mulin.parlour.reception.models import Demand, Story

PHOTOS = "public_photos"  # on a story: the photos that were chosen
_CHINESE = re.compile(r"[㐀-鿿]+")
_LONGEST_NAME = 4
_MONTH_REF = re.compile(r"(?P<grid>\d{1,4})-(?P<year>20\d\d)-(?P<month>0[1-9]|1[0-2])", re.ASCII)


@dataclass(frozen=True, slots=True)
class Tells:
    """What to look for in the texts of one demand."""

    names: Mapping[str, str]
    guessed: frozenset[str]
    keep: tuple[str, ...]

    def found_in(self, text: str) -> list[Found]:
        return find(text, names=self.names, guessed=self.guessed, keep=self.keep)

    def without(self, text: str) -> str:
        return redact(text, names=self.names, guessed=self.guessed, keep=self.keep)


@dataclass(frozen=True, slots=True)
class Draft:
    """An answered demand as its clerk finds it: what was said and answered, and its photos."""

    words: str
    answer: str
    photos: list[NeedPhoto]
    tells: Tells


def draft_of(demand: Demand) -> Draft:
    """What was said, what was answered last, and what in it tells of persons."""
    words, answer = demand.need.words, answer_of(demand)
    return Draft(
        words=words,
        answer=answer,
        photos=list(NeedPhoto.objects.filter(need=demand.need_id).exclude(moment__in=FOR_STAFF)),
        tells=tells_of(demand, words + "\n" + answer),
    )


def answer_of(demand: Demand) -> str:
    """The words of the last answer, without who gave it."""
    step = Step.objects.filter(need=demand.need_id, kind="answered").order_by("-id").first()
    if step is None:
        return ""
    before = gettext("Answer from %(name)s: %(words)s") % {"name": step.by_name, "words": ""}
    return step.line.removeprefix(before).strip()


def tells_of(demand: Demand, text: str) -> Tells:
    """The people in the matter, whoever else of the roll the text may name, and our own number."""
    need = demand.need
    names = {account.display_name: STAFF for account in (demand.owner, need.entered_by) if account}
    handlers = Step.objects.filter(need=need.pk, by__isnull=False).exclude(by=need.asked_by_account)
    names |= dict.fromkeys(handlers.values_list("by_name", flat=True).distinct(), STAFF)
    if need.contact_name:
        names[need.contact_name] = SOMEBODY
    if need.asked_by_account is not None:
        names[need.asked_by_account.display_name] = SOMEBODY
    names |= dict.fromkeys(_names_at_home(need.person), SOMEBODY)
    community = Community.objects.get(pk=demand.community_id)
    return Tells(
        names={name: instead for name, instead in names.items() if name},
        guessed=_names_of_the_roll(text) - names.keys(),
        keep=(community.phone,),
    )


def _names_at_home(person: Person | None) -> list[str]:
    """The asker, by all their records, and who keeps house with them or has their address."""
    if person is None:
        return []
    everyone = Person.objects.filter(pk__in=Person.everyone_of(person))
    names = set(everyone.values_list("name", flat=True))
    if person.household_id is not None:
        mates = Person.objects.on_roll().filter(household=person.household_id)
        names |= set(mates.values_list("name", flat=True))
    if person.address:
        mates = Person.objects.on_roll().filter(address=person.address)
        names |= set(mates.values_list("name", flat=True))
    return sorted(names)


def _names_of_the_roll(text: str) -> frozenset[str]:
    """Names of two to four characters that stand in the text and on the roll."""
    pieces = {
        run[start : start + length]
        for run in _CHINESE.findall(text)
        for length in range(2, _LONGEST_NAME + 1)
        for start in range(len(run) - length + 1)
    }
    found = Person.objects.on_roll().filter(name__in=sorted(pieces))
    return frozenset(found.values_list("name", flat=True))


def stories(
    *,
    category_id: int | None = None,
    grid: Grid | None = None,
    during: Mapping[str, Any] | None = None,
) -> "QuerySet[Story]":  # Any: moments
    """What passers-by read, newest first, with its photos; two queries."""
    rows: QuerySet[Story] = (
        Story.objects.shown()
        .select_related("demand__need__category", "demand__grid")
        .prefetch_related(
            Prefetch("demand__need__photos", NeedPhoto.objects.filter(is_public=True), PHOTOS)
        )
        .order_by("-answered_at", "-id")
    )
    if category_id is not None:
        rows = rows.filter(demand__need__category=category_id)
    if grid is not None:
        rows = rows.filter(demand__grid=grid)
    return rows.filter(**during) if during else rows


def story_of(demand: Demand) -> Story | None:
    """What is or was shown of this demand."""
    story: Story | None = Story.objects.filter(demand=demand).select_related("shown_by").first()
    return story


def kinds_found(found: Iterable[Found], text: str) -> str:
    """What was found, in its own words, for a sentence."""
    return "、".join(dict.fromkeys(text[one.start : one.end].strip() for one in found))


def story_for_chat(ref: str, by: Actor) -> Shared | None:
    """An answered demand as a chat group reads it: in the words the street reads."""
    story = stories().filter(code=ref).first()
    if story is None:
        return None
    return Shared(
        title=Truncator(" ".join(story.words.split())).chars(42),
        lines=(
            gettext("Answer: %(words)s")
            % {"words": Truncator(" ".join(story.answer.split())).chars(100)},
        ),
        path=reverse("reception:story", args=[story.code]),
    )


def month_for_chat(ref: str, by: Actor) -> Shared | None:
    """A grid's month, `3-2026-11`; grid 0 is the whole community. Small counts stay folded."""
    found = _MONTH_REF.fullmatch(ref)
    grid = Grid.objects.filter(number=int(found["grid"])).first() if found else None
    if found is None or (int(found["grid"]) and grid is None):
        return None
    period = Period.of_month(int(found["year"]), int(found["month"]))
    month = month_of(period, grid)
    counts = (
        (gettext("Demands received"), month.received),
        (gettext("Answered"), month.answered),
        (gettext("Confirmed as solved by who asked"), month.confirmed),
    )
    when = date_format(period.first, "YEAR_MONTH_FORMAT")
    title = (
        gettext("%(place)s: asked and done, %(month)s") % {"place": grid.name, "month": when}
        if grid  # the community's own name stands before the title
        else gettext("Asked and done, %(month)s") % {"month": when}
    )
    return Shared(
        title=title,
        lines=tuple(
            gettext("%(what)s: %(count)s")
            % {"what": what, "count": gettext("fewer than five") if count is None else count}
            for what, count in counts
        ),
        path=reverse("site:month", args=[found["grid"], f"{period.first:%Y-%m}"]),
    )
