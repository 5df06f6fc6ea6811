"""Kits are laid out, copied, changed with their versions kept, given away and taken in."""

import zipfile
from dataclasses import replace
from html import unescape
from io import BytesIO

import pytest
from PIL import Image

from mulin.kit.paper.printing import html_of
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile
from mulin.kit.scoping import in_community
from mulin.parlour.classroom.actions.kits import (
    change_kit,
    copy_kit,
    lay_out_kits,
    put_online,
    take_in_kit,
    take_offline,
    write_kit,
)
from mulin.parlour.classroom.models import Kit, KitPicture
from mulin.parlour.classroom.queries import kit_file, kits_not_laid_out, online_lessons
from mulin.parlour.classroom.rules import kit_as_toml
from mulin.parlour.classroom.views.kits import SHEETS
from mulin.parlour.classroom.views.shown import script_lines
from tests.clock import NOW


def packed(text, pictures=()):
    content = BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("kit.toml", text)
        for name in pictures:
            picture = BytesIO()
            Image.new("RGB", (40, 30), "navy").save(picture, "JPEG")
            archive.writestr(f"pictures/{name}", picture.getvalue())
    return content.getvalue()


def why_not(act):
    with pytest.raises(Refused) as refusal:
        act()
    return refusal.value.field, str(refusal.value.message)


def test_the_ten_kits_are_laid_out_once(cast, kits):
    assert len(kits) == 10
    assert kits_not_laid_out() == []
    with pytest.raises(Refused):
        lay_out_kits(by=cast.chen.actor, now=NOW)
    with pytest.raises(NotPermitted):
        lay_out_kits(by=cast.yong.actor, now=NOW)
    with in_community(cast.linli):
        assert lay_out_kits(by=cast.li.actor, now=NOW) == 10


def test_a_change_is_a_version_and_the_first_of_two_makes_it(cast, kits):
    kit = kits["fire"]
    changed = change_kit(kit, replace(kit.text, title="电动车"), by=cast.chen.actor, now=NOW)
    assert (changed.number, changed.title, changed.is_latest) == (2, "电动车", True)
    kit.refresh_from_db()
    assert (kit.title, kit.is_latest) == ("电动车和燃气：一家平安，全楼平安", False)
    with pytest.raises(TakenMeanwhile):
        change_kit(kit, kit.text, by=cast.zhou.actor, now=NOW)


def test_a_copy_is_a_kit_of_its_own(cast, kits):
    copy = copy_kit(kits["fire"], by=cast.chen.actor, now=NOW, token="t")
    assert copy == copy_kit(kits["fire"], by=cast.chen.actor, now=NOW, token="t")
    assert copy.copied_from == kits["fire"]
    assert copy.title != kits["fire"].title
    assert replace(copy.text, title="") == replace(kits["fire"].text, title="")
    assert Kit.objects.latest_of_each().count() == 11


def test_what_a_teacher_could_not_use_is_refused_beside_its_part(cast, kits):
    text = kits["police"].text

    def written(**values):
        return lambda: write_kit(replace(text, **values), by=cast.chen.actor, now=NOW)

    assert why_not(written(plan="开场"))[0] == "plan"
    assert why_not(written(plan=""))[0] == "plan"
    assert why_not(written(quiz="问：x"))[0] == "quiz"
    assert why_not(written(scene="#1 x"))[0] == "scene"
    assert why_not(written(title=" "))[0] == "title"
    field, words = why_not(written(scene="#1 x\n> 走 => 7\n#2+ 好"))
    assert (field, "走" in words) == ("scene", True)
    assert Kit.objects.count() == 10


def test_a_kit_goes_to_the_neighbour_as_a_file_with_its_pictures(cast, kits):
    text = replace(kits["fire"].text, script="看图\n图：软管.jpg")
    ours = take_in_kit(packed(kit_as_toml(text), ["软管.jpg"]), by=cast.chen.actor, now=NOW)
    content = kit_file(ours)
    with in_community(cast.linli):
        theirs = take_in_kit(content, by=cast.li.actor, now=NOW)
        assert theirs.text == text
        assert [one.name for one in KitPicture.objects.all()] == ["软管.jpg"]


def test_a_version_keeps_its_pictures_and_shows_none_that_is_not_there(cast, kits):
    text = replace(kits["fire"].text, script="图：软管.jpg")
    kit = take_in_kit(packed(kit_as_toml(text), ["软管.jpg"]), by=cast.chen.actor, now=NOW)
    second = change_kit(kit, replace(text, aim="新"), by=cast.chen.actor, now=NOW)
    assert list(KitPicture.objects.filter(kit=second).values_list("name", flat=True)) == [
        "软管.jpg"
    ]
    field, words = why_not(
        lambda: change_kit(
            second, replace(text, script="图：别的.jpg"), by=cast.chen.actor, now=NOW
        )
    )
    assert (field, "别的.jpg" in words) == ("script", True)
    second.refresh_from_db()
    assert second.is_latest  # nothing was half done


def test_a_file_that_is_no_kit_says_why(cast, kits):
    def taken(content):
        return lambda: take_in_kit(content, by=cast.chen.actor, now=NOW)

    text = replace(kits["fire"].text, script="图：软管.jpg\n图：灭火器.jpg")
    field, words = why_not(taken(packed(kit_as_toml(text), ["软管.jpg"])))
    assert field == "file"
    assert "灭火器.jpg" in words
    assert "软管.jpg" not in words
    empty = BytesIO()
    zipfile.ZipFile(empty, "w").close()
    assert "kit.toml" in why_not(taken(empty.getvalue()))[1]
    for content in (b"PK nothing", packed("= "), packed(b"\xff\xfe"), packed('title = "x"')):
        assert why_not(taken(content))[0] == "file"
    assert Kit.objects.count() == 10


def test_a_kit_is_online_until_it_is_taken_off(cast, kits):
    online = put_online(kits["police"], film="", by=cast.chen.actor, now=NOW)
    assert list(online_lessons()) == [online]
    take_offline(online, by=cast.chen.actor, now=NOW)
    assert list(online_lessons()) == []
    with pytest.raises(TakenMeanwhile):
        take_offline(online, by=cast.chen.actor, now=NOW)
    bare = write_kit(replace(kits["fire"].text, script=""), by=cast.chen.actor, now=NOW)
    assert why_not(lambda: put_online(bare, film="", by=cast.chen.actor, now=NOW))[0] == "film"


def test_each_sheet_of_each_kit_says_all_of_it(kits):
    for kit in kits.values():
        context = {"kit": kit, "lines": script_lines(kit)}
        sheet = {
            part: unescape(html_of("classroom/paper/kit.html", context | {"part": part}))
            for part in SHEETS
        }
        assert all(step.words in sheet["plan"] for step in kit.plan_steps)
        assert all(line.words in sheet["script"] for line in context["lines"])
        for item in kit.items:
            assert all(words in sheet["quiz"] for words in (item.ask, *item.choices))
            assert item.why not in sheet["quiz"]
            assert all(words in sheet["answers"] for words in (item.ask, item.answer, item.why))
