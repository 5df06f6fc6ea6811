"""What the watch adds to the matrix: somebody who is watched over, a device, an alarm that is open."""

from mulin.circle.alarms.actions.devices import Thing, take_up_device
from mulin.circle.alarms.actions.raising import press_for
from mulin.circle.alarms.actions.setting import (
    Care,
    add_contact,
    open_screen,
    set_care,
    watch_over,
)
from mulin.circle.alarms.models import Called, ContactKind
from mulin.kit.ids import public_code
from tests.clock import NOW
from tests.matrix.people import (
    DESK,
    EVERYBODY,
    HANDLERS,
    HOLDERS,
    NAMES,
    NOBODY,
    OFFICER,
    ON_ROLL,
    RESIDENT,
    SIGNED_IN,
    Canary,
    Line,
)

#: Who goes to somebody must be able to call them.
TO_CALL = NAMES | {"{phone}"}
#: Doors for devices and the duty screen: what opens them is a key, not a session.
BY_KEY = {"early": True, "by_token": True, "is_shared": True}

LINES = {
    "alarms:duty": Line(HANDLERS, gives=NAMES),
    "alarms:press": Line(SIGNED_IN, gives=NAMES),
    "alarms:mine": Line(SIGNED_IN),
    "alarms:mine-act": Line(ON_ROLL, about="alarms own deed", method="POST", is_shared=True),
    "alarms:alarm": Line(DESK | OFFICER, about="alarms alarm", gives=TO_CALL, looks=True),
    "alarms:act": Line(DESK | OFFICER, about="alarms deed", method="POST", gives=TO_CALL),
    "alarms:people": Line(HANDLERS, gives=NAMES),
    "alarms:person": Line(DESK | OFFICER, about="alarms watch", gives=NAMES, looks=True),
    "alarms:person-act": Line(
        DESK | OFFICER, about="alarms watch deed", method="POST", gives=NAMES
    ),
    "alarms:devices": Line(DESK, gives=NAMES),
    "alarms:add": Line(DESK, about="alarms new device", method="POST", is_shared=True, gives=NAMES),
    "alarms:device-act": Line(DESK, about="alarms device deed", method="POST"),
    "alarms:ladder": Line(DESK),
    "alarms:ladder-act": Line(DESK, about="alarms ladder deed", method="POST", is_shared=True),
    "alarms:sheet": Line(HANDLERS, gives=TO_CALL, looks=True),
    "alarms:answer": Line(HOLDERS, about="alarms called", gives=NAMES),
    "alarms:screen": Line(EVERYBODY, about="alarms screen", **BY_KEY),
    "alarms:now": Line(EVERYBODY, about="alarms screen", **BY_KEY),
    "alarms:hook": Line(NOBODY, about="alarms hook", method="POST", is_shared=True, by_token=True),
}

CANARIES = {
    # where the key is; the person themselves in the file of what is held of them
    "钥匙在{}": Canary(DESK | OFFICER | RESIDENT, "alarms:person"),
}


def fill(community, sides, *, head, desk, actors):
    key = open_screen(by=head, now=NOW)
    for side in sides:
        watch = watch_over(side.person, by=head, now=NOW)
        set_care(watch, Care(key_where=f"钥匙在{side.sign}"), by=head, now=NOW)
        contact = add_contact(
            watch, kind=ContactKind.NEIGHBOUR, name="邻居", phone="13800000011", by=head, now=NOW
        )
        made = take_up_device(Thing("button", watch=watch), by=head, now=NOW)
        alarm = press_for(side.person, by=head, now=NOW)
        called = Called.objects.create(
            community=community, alarm=alarm, kind="alarms.contact", record_id=contact.pk,
            name=contact.name, code=public_code(12), at=NOW,
        )  # fmt: skip
        side.room |= {
            "alarms.watch": watch, "alarms.device": made.device, "alarms.alarm": alarm,
            "alarms.called": called, "alarms.screen": key,
        }  # fmt: skip


KWARGS = {
    "alarms own deed": lambda _world, _side: {"deed": "well"},
    "alarms alarm": lambda _world, side: {"pk": side.room["alarms.alarm"].pk},
    "alarms deed": lambda _world, side: {"pk": side.room["alarms.alarm"].pk, "deed": "end"},
    "alarms watch": lambda _world, side: {"pk": side.room["alarms.watch"].pk},
    "alarms watch deed": lambda _world, side: {
        "pk": side.room["alarms.watch"].pk, "deed": "contact"
    },
    "alarms new device": lambda _world, _side: {"deed": "new"},
    "alarms device deed": lambda _world, side: {
        "pk": side.room["alarms.device"].pk, "deed": "try"
    },
    "alarms ladder deed": lambda _world, _side: {"deed": "duty"},
    "alarms called": lambda _world, side: {"code": side.room["alarms.called"].code},
    "alarms screen": lambda _world, side: {
        "slug": side.community.slug, "key": side.room["alarms.screen"]
    },
    "alarms hook": lambda _world, side: {
        "slug": side.community.slug, "code": side.room["alarms.device"].code
    },
}  # fmt: skip
