"""The numbers of the hall screen and of Our matters."""

from datetime import timedelta

from mulin.commons.flow.said import Said
from mulin.kit.channels import Channel
from mulin.kit.scoping import in_community
from mulin.parlour.reception.actions.demands import answer_demand, receive_demand
from mulin.site.queries import board
from tests.clock import NOW


def test_the_wall_tells_of_thirty_days_on_whatever_day_it_is_read(cast):
    with in_community(cast.xinjie):
        demand = receive_demand(
            Said(words="灯不亮", building=cast.building_12),
            by=cast.chen.actor.by(Channel.PHONE),
            now=NOW,
        )
        answer_demand(demand, by=cast.sun.actor, words="好了", now=NOW)
        told = {}
        for days in (0, 6, 7, 29, 30):
            now = board(NOW + timedelta(days=days))
            told[days] = (now.received, now.answered, now.answered_in_seven)
        assert told == {0: (1, 1, 1), 6: (1, 1, 1), 7: (1, 1, 0), 29: (1, 1, 0), 30: (0, 0, 0)}
