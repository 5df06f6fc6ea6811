"""Rounds 走访: the grid officer goes from door to door, sees who needs what, and hears what is wrong.

Words: *round* 走访 (today's doors, with the reason for each), *stop* 一户, *round visit* 走访记录
(seen, nobody home, refused), *pace* 走访间隔 (how often whom), *wish* 想请人来看看,
*hand-over of a round* 交接 (a deputy walks it from a day to a day).
What is heard at a door goes in by the front door of `flow`, as at the desk. Nobody's position is
kept: a visit has a door and a time, because the officer says so, and nothing else.
"""
