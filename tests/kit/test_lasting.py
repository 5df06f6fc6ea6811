"""How long something takes, as people say it."""

import pytest
from django.utils import translation

from mulin.kit.templatetags.kit import lasting


@pytest.mark.parametrize(
    ("amount", "unit", "english", "chinese"),
    [
        (0, "seconds", "0 seconds", "0 秒"),
        (40, "seconds", "40 seconds", "40 秒"),
        (200, "seconds", "3 minutes 20 seconds", "3 分钟 20 秒"),
        (3600, "seconds", "1 hour", "1 小时"),
        (167, "minutes", "2 hours 47 minutes", "2 小时 47 分钟"),
        (480, "minutes", "8 hours", "8 小时"),
        (1, "minutes", "1 minute", "1 分钟"),
    ],
)
def test_it_is_told_in_the_units_people_say(amount, unit, english, chinese):
    with translation.override("en"):
        assert lasting(amount, unit) == english
    with translation.override("zh-hans"):
        assert lasting(amount, unit) == chinese


def test_another_unit_is_refused():
    with pytest.raises(KeyError):
        lasting(3, "days")
