"""Messages: a row first, written in the transaction of the act it tells of, sent afterwards.

Words: *message* 消息 (one row is one delivery on one channel), *lease* (a sender holds a row
for a while; if it dies, another takes it over), *task* 待办 (a message that a person carries:
a call or a knock on the door), *sweep* 巡查 (finds what is due, again and again).
Gives: `tell`, the in-app inbox, the page that shows what failed, the registry of sweeps.
"""
