"""What several rooms plan: places, rotas, lots of work, rounds. Pure: no Django, no tables.

`siting` needs no solver. `duty` (the rota), `allocation` (lots), `routing` (rounds) and `rosters`
(public instances) ask `solving`, which runs the solver in a process of its own (`solver`), and make
plans by hand where the extra (`make planning`) is missing. Each proves its answer in plain Python.

Words: *site* 选址 (a place that may be chosen), *cover* (who reaches a place in time), *mean walk*
(how far people walk to their nearest place), *bound* (no choice can be better than this).
"""
