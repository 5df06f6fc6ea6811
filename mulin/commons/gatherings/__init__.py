"""Any occasion of any room: one gathering, one sign-in, one sum of hours.

Words: *gathering* 聚会活动, *attendance* 到场记录, *walk-in* 没留姓名的, *agenda item* 议程,
*notice* 通知. A council meeting, a bench meeting, a lesson, a duty shift are gatherings of
different kinds; a room registers its kind (`registry.py`) and adds a table of its own with a
one-to-one key for what is special to it.

It takes persons from people and places from places, tells through notify, and gives: who was
told, how; who came, for how many minutes; what stood on the agenda and what was said to it.
"""
