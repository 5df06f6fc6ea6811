"""Mediation 熟人荟·家常调解室: quarrels settled by people whom both sides know, in secret.

Words: *case* 案子, *party* 当事人 (first side 申请的一方, other side 另一方), *mediator* 调解员 on the
*panel* 名册, *seat* 调解员在案里的位置 (asked → declared → seated once every party accepts), *sitting*
调解 (with its record), *talk* 背靠背谈话 (of one side alone), *agreement* 协议 (written or oral),
*promise* 约定 (one line of the plan), *visit* 回访, *opening* 破封 (two persons, a reason, a day).
What is said lies under a key of the case (`vault`), which neither database nor backup holds.
"""
