"""Demands from other systems: which column means what, and what a file says.

`mapping` says what the columns of a table mean, `reading` turns a file into rows or the reasons
why not; both know no table of ours. `queries` compares what was taken in with what the files say.
Words: *map* 对应表 (columns to fields), *row* 行 (what a file says of one demand).
"""
