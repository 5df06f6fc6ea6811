"""Fifty alarms through every point of failure with a kill at each: none lost, none told twice
more often than was killed. `mulin alarm drill` does the same with a thousand and twenty.
"""

from mulin.circle.alarms.drill import POINTS, TOGETHER, drill


def test_no_alarm_is_lost_at_any_point(transactional_db, tmp_path):
    results = drill(TOGETHER, alarms=50, kills=1, folder=tmp_path)
    assert [(one.lost, one.faults) for one in results] == [(0, []), (0, [])]
    assert sum(one.kills for one in results) == len(POINTS)
    assert all(one.doubled <= one.kills for one in results)
    assert all(one.seconds_to_first_send < 10 for one in results)
