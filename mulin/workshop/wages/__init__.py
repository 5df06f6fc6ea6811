"""Wages of the workshop: by the piece, by the month, never changed once a month is closed.

Words: *money line* 账目 (an amount from one account to another), *statement* 工资单, *advance* 预支,
*claim* 赔偿 (what a worker bears), *adjustment* 更正, *pay terms* 计税方式 (the tax scheme of a worker,
chosen by whoever keeps the community's books), *bonus rule* 奖励办法, *minimum wage* 最低工资.
Reads paid verdicts of `production`; `production` knows nothing of wages.
"""
