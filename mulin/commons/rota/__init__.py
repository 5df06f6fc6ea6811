"""The duty rota 轮流值日: a month of duty for whoever takes turns, from wishes to the wall.

Words: *kind* 值日种类 (front desk, childcare …), *month rota* 月班表, *shift* 一班, *member* 值日人,
*duty* 值日 (one member in one shift), *wish* 意愿, *swap* 换班, *substitute* 候补, *lack* 缺口,
*points* 值日分.
A room with duty registers a kind (`registry.py`): who manages it, and, if it knows them, the people
and the needs. The engine is `commons/planning/duty`; it is asked in a job (`jobs.py`) only.
Other rooms ask `queries.on_duty(kind, at)` and `queries.duties_between(first, last)`.
"""
