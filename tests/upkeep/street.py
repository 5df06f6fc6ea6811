"""An installation to back up: `python -m tests.upkeep.street`, in the environment of its folder.

Two communities with people, a need with a photo, acts, a queued job and a session, so that every
kind of table has rows: of communities, shared, counting up by itself, an index of words.
"""

import json
import sys
from io import BytesIO

import django
from django.apps import apps

if not apps.ready:  # as a program of its own
    django.setup()

from django.contrib.sessions.backends.db import SessionStore
from django_otp.plugins.otp_totp.models import TOTPDevice
from PIL import Image

from mulin.circle.proximity.models import WalkMap
from mulin.commons.flow.actions import add_photo, open_need
from mulin.commons.flow.models import PhotoMoment
from mulin.commons.flow.said import Said
from mulin.ground.audit.anchors import anchor
from mulin.ground.notify.queue import ring
from mulin.ground.people.actions.persons import register_person
from mulin.kit.photos import clean_photo
from mulin.kit.scoping import in_community
from mulin.workshop.childcare.actions.staff import go
from tests.cast import make_cast
from tests.childcare.conftest import make_room
from tests.clock import NOW

#: Words that the database holds as they are.
CANARY = "金丝雀"
OPENLY = "邻里社区"
PHONE = "13812340137"


def make():
    """Make it; the ids that tests ask for."""
    cast = make_cast()
    found = {"xinjie": cast.xinjie.pk, "linli": cast.linli.pk}
    for town, by in ((cast.linli, cast.li.actor), (cast.xinjie, cast.chen.actor)):
        with in_community(town):
            if town == cast.xinjie:
                leave_too_few(make_room(cast))
            for number in range(5):
                register_person(by=by, now=NOW, name=f"居民{number}\t\\甲", note="'\"\\N\n乙")
            bird = register_person(by=by, now=NOW, name=CANARY, phone=PHONE)
            need = open_need(Said(words="路灯不亮", person=bird), by=by, room="reception", now=NOW)
            add_photo(need, photo(), moment=PhotoMoment.BEFORE, now=NOW)
            WalkMap.objects.create(
                community=town, file_name="地图", source="OpenStreetMap", content=bytes(range(256)),
                read_at=NOW,
            )  # fmt: skip
            found |= {
                f"{town.slug}_bird": bird.pk,
                f"{town.slug}_photo": need.photos.get().file.name,
            }
        anchor(town, NOW)
        ring(town.pk)
    TOTPDevice.objects.create(user=cast.chen.account, name="phone", confirmed=True)
    session = SessionStore()
    session["who"] = "小陈"
    session.create()
    return found


def leave_too_few(room):
    """A state that no gate of the database lets anybody write again row by row: it is moved, too."""
    for child in (room.child, room.make_child("张小禾")):
        room.in_room(child)
    go(room.zhu, had_to=True, by=room.lead, now=NOW)


def photo():
    picture = BytesIO()
    Image.new("RGB", (30, 20), "teal").save(picture, "JPEG")
    return clean_photo(picture.getvalue())


if __name__ == "__main__":
    json.dump(make(), sys.stdout)
