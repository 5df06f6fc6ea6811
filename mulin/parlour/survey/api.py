"""Published results of the yearly survey, for programs: what stands on their page, no more."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from mulin.ground.community.calls import Asked, Call
from mulin.ground.community.rules import Scope
from mulin.parlour.survey.models import Report
from mulin.parlour.survey.queries import reports


@dataclass(frozen=True, slots=True)
class QuestionAnswer:
    """A question: how many gave an opinion and how many of them were satisfied, in per cent with the
    bounds of chance; nothing of these where too few answered.
    """

    field: str
    words: str
    answered: int | None
    satisfied: int | None
    percent: Decimal | None
    low: Decimal | None
    high: Decimal | None


@dataclass(frozen=True, slots=True)
class SurveyAnswer:
    """A year's result as it was published: households drawn and reached, and each question. A number
    of fewer than five households is not told, nor one by which these could be found.
    """

    year: int
    published_at: datetime
    sampled: int
    reached: int | None
    rate: Decimal | None
    digest: str
    questions: list[QuestionAnswer]


def _list(_asked: Asked) -> QuerySet[Report]:
    return reports()


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _question(line: dict[str, Any]) -> QuestionAnswer:  # Any: what JSON holds
    return QuestionAnswer(
        field=line["field"], words=line["words"], answered=line.get("answered"),
        satisfied=line.get("satisfied"), percent=_number(line.get("percent")),
        low=_number(line.get("low")), high=_number(line.get("high")),
    )  # fmt: skip


def _shown(report: Report) -> SurveyAnswer:
    response = report.told["response"]
    return SurveyAnswer(
        year=report.survey.year, published_at=report.published_at, sampled=response["sampled"],
        reached=response["reached"], rate=_number(response["rate"]), digest=report.digest,
        questions=[_question(line) for line in report.told["questions"]],
    )  # fmt: skip


CALLS: Final = (
    Call(
        name="surveys", path="surveys/", scope=Scope.PUBLIC_READ, answer=SurveyAnswer, do=_list,
        summary=_("Results of the yearly survey, newest first"), show=_shown, is_list=True,
    ),
)  # fmt: skip
