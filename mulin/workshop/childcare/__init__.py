"""Childcare 家庭链 (阿姨工作室): children who are minded while their parents work.

Words: *child* 孩子, *guardian* 监护人, *picker* 接送人, *block list* 禁止接走名单, *clearance* 查看许可,
*carer* 看护人, *booking* 预约, *stay* 在托, *hand-over* 交接, *day's code* 当日接送码, *gate* 硬门槛.

Everything that is said of a child is encrypted and named nowhere else: no act, no message, no
address, no search knows a name. Whoever works here reads it with a clearance, and each look is kept.
The one arrow out of the room leads to `production`: whose parents have work today.
"""
