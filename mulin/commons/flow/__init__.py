"""The thread of a need through rooms: typed once, followed to the answer.

*Need* 诉求原话 — what a person said, once. *Step* 进展 — one line for the person about what
happened to it, in any room. *Link* 关联 — record to record, with its kind.

A room that can take a need over registers a receiver in its `apps.py`; the giving room says
`hand_over(need, to="deliberation")`; a room that is done says `answer(need, …)`, and the room
that keeps the asker's side is told. So no room imports another.
A *sealed* need shows outside its room only that it is being dealt with.
"""
