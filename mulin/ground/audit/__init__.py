"""The record of acts: who, when, for whom, by which channel, what.

One act, one row, append-only and chained by HMAC per community, with no personal data in the
chain; what stood before and after lies in a table that can be erased. Every action of every
room writes its act through `recording`, which is also where a form sent twice is recognised.
Words: *act* 操作记录, *chain* 链, *head* 链尾.
"""
