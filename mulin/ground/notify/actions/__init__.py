"""What happens to messages: written, sent, told in person, tried again; WeChat's side of it.

What the rooms use is named here.
"""

from mulin.ground.notify.actions.outbox import (
    deliver_due,
    drop_echoes,
    drop_template,
    keep_template,
    lease_due,
    mark_all_read,
    mark_read,
    mark_told,
    recover,
    retry_job,
    retry_message,
    set_channel,
    tell,
    tell_desk,
    withdraw,
)

__all__ = [
    "deliver_due",
    "drop_echoes",
    "drop_template",
    "keep_template",
    "lease_due",
    "mark_all_read",
    "mark_read",
    "mark_told",
    "recover",
    "retry_job",
    "retry_message",
    "set_channel",
    "tell",
    "tell_desk",
    "withdraw",
]
