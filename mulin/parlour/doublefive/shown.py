"""How the public pages of the double five are told in a chat group."""

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mulin.ground.community.rules import Actor
from mulin.ground.notify.sharing import Shared
from mulin.parlour.doublefive import queries
from mulin.parlour.doublefive.models import Season
from mulin.parlour.doublefive.rules import State

#: As many as a chat window shows.
MOST_LINES = 8


def season_for_chat(ref: str, by: Actor) -> Shared | None:
    """A year by its stage: the call for ideas, the published list, the five and how far they are."""
    season = _season(ref)
    if season is None:
        return None
    path = reverse("doublefive:river-of", args=[season.year])
    if season.is_collecting:
        until = date_format(season.collects_until, "DATE_FORMAT")
        return Shared(
            title=_("What should be done for all of us?"),
            lines=(
                _("Offer your idea for the Double-Five until %(day)s: one line is enough.")
                % {"day": until},
                _("On paper, at the desk or by phone counts as much."),
            ),
            path=reverse("doublefive:offer"),
        )
    if not season.is_public:
        count = sum(queries.counts_of(season).values())
        came = ngettext("%(count)s idea has come in.", "%(count)s ideas have come in.", count)
        return Shared(
            title=str(season),
            lines=(came % {"count": count}, _("They are being screened by published criteria.")),
            path=path,
        )
    chosen = list(queries.chosen_of(season))
    if chosen:
        return Shared(
            title=_("%(season)s: what was chosen") % {"season": season},
            lines=tuple(f"{one.place}. {one.idea.title}" for one in chosen[:MOST_LINES]),
            path=path,
        )
    ideas = queries.ideas_of(season, State.PASSED)
    titles = [str(one) for one in ideas[: MOST_LINES + 1]]
    more = [_("and more on the list")] if len(titles) > MOST_LINES else []
    return Shared(
        title=_("%(season)s: the list is published") % {"season": season},
        lines=(*titles[:MOST_LINES], *more),
        path=path,
    )


def project_for_chat(ref: str, by: Actor) -> Shared | None:
    """One project: what was promised, which step was reached last, which comes next."""
    found = queries.projects().filter(pk=int(ref)).first() if _is_number(ref) else None
    if found is None:
        return None
    milestones = list(found.milestones.all())
    done = [one for one in milestones if one.done_at is not None]
    ahead = [one for one in milestones if one.done_at is None]
    lines = [_("Promised: %(words)s") % {"words": found.promise}]
    if found.outcome:
        lines.append(_("There now: %(words)s") % {"words": found.outcome})
    elif done:
        last = max(done, key=lambda one: (one.done_at, one.pk))
        lines.append(_("Done: %(what)s") % {"what": last.what})
    if ahead:
        lines.append(
            _("Next: %(what)s, until %(day)s")
            % {"what": ahead[0].what, "day": date_format(ahead[0].due_at, "DATE_FORMAT")}
        )
    return Shared(
        title=str(found),
        lines=tuple(lines),
        path=reverse("doublefive:carried", args=[found.chosen.season.year, found.chosen.place]),
    )


def appraisal_for_chat(ref: str, by: Actor) -> Shared | None:
    """What was published of an appraisal, or the call to answer while it runs."""
    season = _season(ref)
    appraisal = queries.appraisal_of(season) if season is not None else None
    if season is None or appraisal is None:
        return None
    if not appraisal.is_published:
        return Shared(
            title=_("What became of the five?"),
            lines=(
                _(
                    "Whoever stands on the roll may say it until %(day)s: online, by phone, on paper."
                )
                % {"day": date_format(appraisal.last_day, "DATE_FORMAT")},
            ),
            path=reverse("doublefive:river-of", args=[season.year]),
        )
    report = appraisal.report
    return Shared(
        title=str(appraisal),
        lines=(
            _("%(answered)s of %(roll)s answered: %(rate)s%%.") % report,
            *(
                _("%(title)s: %(percent)s%% satisfied") % line
                for line in report["projects"]
                if line["is_shown"]
            ),
        ),
        path=reverse("doublefive:appraised", args=[season.year]),
    )


def _season(ref: str) -> Season | None:
    found: Season | None = Season.objects.filter(year=int(ref)).first() if _is_number(ref) else None
    return found


def _is_number(ref: str) -> bool:
    return ref.isascii() and ref.isdigit() and len(ref) < 19  # noqa: PLR2004  a bigint


def river_address(season_id: int) -> str:
    """The page on which everybody reads what stands on the list: with pictures, costs and sites."""
    return reverse("doublefive:river-of", args=[Season.objects.get(pk=season_id).year])
