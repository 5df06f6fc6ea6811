"""Devices and vendors: taken up with a key that is shown once, tried, taken out of use."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from mulin.circle.alarms.models import Device, DeviceKind, Vendor, Watch
from mulin.circle.alarms.permissions import check_setup
from mulin.circle.alarms.rules import (
    TRIAL_LASTS,
    broker_digest,
    digest_of,
    fresh_key,
    is_mapping,
)
from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor
from mulin.kit.ids import public_code
from mulin.kit.refusals import Refused

CODE_LENGTH = 8


@dataclass(frozen=True, slots=True)
class Thing:
    """What is written down of a device."""

    kind: str
    watch: Watch | None = None
    place: str = ""
    vendor: Vendor | None = None
    vendor_number: str = ""
    beat_minutes: int | None = None
    hears_receipt: bool = False


@dataclass(frozen=True, slots=True)
class WithKey:
    """A device or vendor, and its key where it is new: it is kept nowhere and shown once."""

    device: Device | None
    vendor: Vendor | None
    key: str = ""


def take_up_device(
    thing: Thing, *, by: Actor, now: datetime, token: str | None = None
) -> WithKey:  # fmt: skip
    """Take a device up. Raises NotPermitted, Refused."""
    check_setup(by)
    if thing.kind not in DeviceKind.values:
        raise Refused(_("Say what it is."), field="kind")
    if thing.watch is None and not thing.place.strip():
        raise Refused(_("Say whose it is, or where it hangs."), field="place")
    if thing.vendor is not None and not thing.vendor_number:
        raise Refused(_("Write the number it has at its vendor."), field="vendor_number")
    with recording(by, "alarms.take_up_device", now=now, token=token) as act:
        if act.is_repeat:
            return WithKey(act.first_result(Device), None)
        if thing.vendor is not None and _is_taken(thing):
            raise Refused(_("A device with this number is there already."), field="vendor_number")
        key = "" if thing.vendor is not None else fresh_key()
        device: Device = Device.objects.create(
            community_id=by.community_id, kind=thing.kind, watch=thing.watch,
            place=thing.place.strip(), vendor=thing.vendor, vendor_number=thing.vendor_number,
            beat_minutes=thing.beat_minutes, hears_receipt=thing.hears_receipt, made_at=now,
            key_digest=digest_of(key) if key else "",
            broker_digest=broker_digest(key) if key else "",
        )  # fmt: skip
        act.on(device, after={"kind": thing.kind})
    return WithKey(device, None, key)


def _is_taken(thing: Thing) -> bool:
    same = Device.objects.in_use().filter(vendor=thing.vendor, vendor_number=thing.vendor_number)
    return bool(same.exists())


def change_key(
    device: Device, *, by: Actor, now: datetime, token: str | None = None
) -> WithKey:  # fmt: skip
    """A new key; the old one opens nothing. Raises NotPermitted, Refused for a vendor's device."""
    check_setup(by)
    if device.vendor_id is not None:
        raise Refused(_("This device calls through its vendor: it has no key of its own."))
    with recording(by, "alarms.change_key", now=now, token=token) as act:
        act.on(device)
        if act.is_repeat:
            return WithKey(device, None)
        key = fresh_key()
        device.key_digest, device.broker_digest = digest_of(key), broker_digest(key)
        device.save(update_fields=["key_digest", "broker_digest"])
    return WithKey(device, None, key)


def announce_trial(
    device: Device, *, by: Actor, now: datetime, token: str | None = None
) -> Device:  # fmt: skip
    """What it says in the next minutes is a trial: it stays at the desk. Raises NotPermitted."""
    check_setup(by)
    with recording(by, "alarms.announce_trial", now=now, token=token) as act:
        if not act.is_repeat:
            device.trial_until = now + TRIAL_LASTS
            device.save(update_fields=["trial_until"])
        act.on(device, after={"trial_until": device.trial_until})
    return device


def retire_device(
    device: Device, *, by: Actor, now: datetime, token: str | None = None
) -> Device:  # fmt: skip
    """Take a device out of use; its number at the vendor is free again. Raises NotPermitted."""
    check_setup(by)
    with recording(by, "alarms.retire_device", now=now, token=token) as act:
        if not act.is_repeat:
            device.retired_at, device.key_digest, device.broker_digest = now, "", ""
            if device.vendor_id is not None:
                device.vendor_number = f"{device.vendor_number[:40]} {device.pk}"
            device.save()
        act.on(device)
    return device


def add_vendor(
    *, name: str, mapping: Mapping[str, Any], by: Actor, now: datetime, token: str | None = None
) -> WithKey:  # fmt: skip  # Any: what JSON holds
    """A vendor's cloud that calls for its devices; what its words mean is data.

    Raises NotPermitted, Refused for a mapping that doesn't say where device and alarm stand.
    """
    check_setup(by)
    if not is_mapping(mapping):
        raise Refused(
            _("The mapping must say where the device stands, and which words mean an alarm."),
            field="mapping",
        )
    with recording(by, "alarms.add_vendor", now=now, token=token) as act:
        if act.is_repeat:
            return WithKey(None, act.first_result(Vendor))
        key = fresh_key()
        vendor: Vendor = Vendor.objects.create(
            community_id=by.community_id, name=name, code=public_code(CODE_LENGTH),
            key_digest=digest_of(key), mapping=dict(mapping),
        )  # fmt: skip
        act.on(vendor, after={"name": name})
    return WithKey(None, vendor, key)
