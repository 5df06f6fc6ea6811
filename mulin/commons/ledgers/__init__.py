"""Old ledgers 旧台账: what a community kept in Excel before, taken in line by line.

A room registers a ledger (`registry.py`): its columns, what is wrong with a line, what becomes of it,
and how that is taken out again. The file is looked at first; nothing is written before somebody has
seen every line.
"""
