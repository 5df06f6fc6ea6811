"""What happens by itself: a quiz that nobody ended is ended, so that its answers are forgotten."""

from datetime import datetime

from mulin.ground.community.models import Community
from mulin.ground.community.rules import system
from mulin.parlour.classroom.actions.quiz import end_quiz
from mulin.parlour.classroom.models import Lesson, Player
from mulin.parlour.classroom.rules import FORGOTTEN_AFTER, Stage


def forget_quizzes(community: Community, now: datetime) -> None:
    """End what is still open half a day after its lesson; who came in as it ended is forgotten, too."""
    left = Lesson.objects.filter(
        stage__in=[Stage.WAITING, Stage.ASKING, Stage.SHOWN],
        gathering__ends_at__lt=now - FORGOTTEN_AFTER,
    )
    for lesson in left.select_related("gathering", "kit"):
        end_quiz(lesson, by=system(community.pk), now=now)
    Player.objects.filter(lesson__stage=Stage.OVER).delete()
