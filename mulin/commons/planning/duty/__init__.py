"""The duty rota 轮流值日: who is on duty when. Pure: no Django, no tables; for every room with duty.

A room makes a `Rota` (`rota.py`) from its rows and calls, in a job and never in a web process:

- `planning.make_plan(rota, seconds=20)` → `Plan`: a proposal. Where the solver is missing or found
  nothing in its time it is made by hand, and `plan.made_by` says so. Stages in their order, none
  given up for a later one: cover, the greatest load, the smallest load, weekends, wishes. Each has
  its value and what can't be beaten. `plan.lacks` names the shift and what it lacks.
- `planning.make_again(rota, before, away, since)` → `Plan` after a sick call: cover, then as few
  changes for the others as possible; what has begun stays as it was.
- `planning.one_more(rota, "lead")` → whom to train, and what that would change.
- `planning.conflict(rota, plan)` → the smallest set of wishes that keeps places empty.
- `checks.faults(rota, duties)`: every hard rule read off the answer; no plan leaves `planning` that
  breaks one. `checks.swap_faults(…)` asks the same rules about a swap of two people.
- `reasons.why(rota, duties, person, shift)` → why I have this day, and who could have it instead.
- `rota.carried_over(rota, duties)` → the points that enter the next month's rota.
- `byhand.in_turn(rota)`: plain turns, to be shown beside.

Keep with a published plan: `snapshot(rota)`, `plan.as_json()`; solvers with threads do not repeat
themselves, so a plan is kept and never solved again to be verified: `faults` verifies it.

Words: *duty* 值日 (one person in one shift), *points* 值日分 (what a shift weighs; a holiday weighs
more), *load* 负担 (points carried from earlier months and points of this one), *lack* 缺口 (a place
that nobody fills), *pinned* 锁定 (a cell that stays as it is), *gate* 硬门槛 (a rule no setting lifts).
"""
