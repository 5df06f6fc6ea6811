"""The law of the roll."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mulin.ground.people.rules import (
    Alike,
    Fault,
    Likeness,
    Namesakes,
    Outcome,
    age_on,
    alike,
    choose_fields,
    columns_of,
    is_guarded,
    is_surely,
    masked,
    may_guard,
    plausible,
    read_row,
    search_words,
    spellings_of,
)

TODAY = date(2026, 11, 25)
days = st.dates(min_value=date(1900, 1, 1), max_value=TODAY)


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        (date(1944, 2, 29), date(2026, 2, 28), 81),
        (date(1944, 2, 29), date(2026, 3, 1), 82),
        (date(1944, 2, 29), date(2024, 2, 29), 80),
        (date(2012, 11, 26), TODAY, 13),
        (date(2012, 11, 25), TODAY, 14),
    ],
)
def test_age_is_counted_in_full_years(born, day, age):
    assert age_on(born, day) == age


@given(days, st.integers(0, 40_000))
def test_nobody_grows_younger(born, later):
    day = min(TODAY, born + timedelta(days=later))
    assert 0 <= age_on(born, day) <= age_on(born, TODAY)


def test_under_fourteen_is_guarded_and_only_adults_guard():
    assert is_guarded(date(2012, 11, 26), TODAY)
    assert not is_guarded(date(2012, 11, 25), TODAY)
    assert not is_guarded(None, TODAY)
    assert not may_guard(date(2008, 11, 26), TODAY)
    assert may_guard(date(2008, 11, 25), TODAY)
    assert may_guard(None, TODAY)


def test_every_fault_of_a_form_is_told_at_once():
    values, faults = plausible(
        {
            "name": "\u200b", "phone": "1380000000", "id_number": "33042419500101102",
            "born_on": date(2026, 11, 26), "note": "长" * 201,
        },
        today=TODAY,
    )  # fmt: skip
    assert faults == {
        "name": Fault.EMPTY,
        "phone": Fault.WRONG_LENGTH,
        "id_number": Fault.WRONG_LENGTH,
        "born_on": Fault.NOT_YET_BORN,
        "note": Fault.TOO_LONG,
    }
    assert values["note"] == "长" * 201


def test_an_id_number_of_fifteen_digits_is_completed_and_read():
    values, faults = plausible({"name": "王秀英", "id_number": "330424500101102"}, today=TODAY)
    assert faults == {}
    assert values == {
        "name": "王秀英",
        "id_number": "33042419500101102X",
        "born_on": date(1950, 1, 1),
        "sex": "f",
    }


def test_what_is_not_given_is_not_made_up():
    assert plausible({"note": " 两个  空格 "}, today=TODAY) == ({"note": "两个 空格"}, {})


def test_a_record_of_an_act_holds_no_number():
    shown = masked(
        {"name": "王秀英", "phone": "13812340137", "id_number": "33042419500101102X",
         "born_on": date(1950, 1, 1)}
    )  # fmt: skip
    assert shown == {
        "name": "王秀英",
        "phone": "138****0137",
        "id_number": "3304**********102X",
        "born_on": 1950,
    }


@pytest.mark.parametrize(
    ("address", "spellings"),
    [
        ("", []),
        ("12幢2单元301", ["12幢2单元301室", "12幢301室", "12-2-301", "12-301"]),
        ("12幢2单元301室", ["12幢2单元301室", "12幢301室", "12-2-301", "12-301"]),
        ("3号楼101", ["3号楼101室", "3-101"]),
        ("12-301", ["12-301室", "12幢301室", "12-301"]),
        ("新街48号", ["新街48号"]),
        ("河边的平房", ["河边的平房"]),
    ],
)
def test_a_dwelling_is_spelled_as_it_is_typed(address, spellings):
    assert spellings_of(address) == spellings


@given(st.text(max_size=30), st.text(max_size=30))
def test_any_name_and_address_has_words(name, address):
    assert all(isinstance(word, str) for word in search_words(name, None, address))


WANG = Likeness("王秀英", "wangxiuying", birth_year=1945, sex="f", address="12幢1单元301")


@pytest.mark.parametrize(
    ("other", "reasons"),
    [
        (Likeness("王秀英", "wangxiuying"), []),
        (Likeness("王秀英", "wangxiuying", birth_year=1945), [Alike.NAME_AND_BIRTH]),
        (Likeness("王秀英", "wangxiuying", birth_year=1946, address="12幢1单元301"), []),
        (Likeness("王秀英", "wangxiuying", sex="m", address="12幢1单元301"), []),
        (Likeness("王秀英", "wangxiuying", address="12幢1单元301"), [Alike.NAME_AND_ADDRESS]),
        (Likeness("王秀颖", "wangxiuying", address="12幢1单元301"), [Alike.SOUND_AND_ADDRESS]),
        (Likeness("李四", "lisi", address="12幢1单元301"), []),
    ],
)
def test_who_looks_like_one_person(other, reasons):
    assert alike(WANG, other) == reasons == alike(other, WANG)


def test_numbers_speak_louder_than_names():
    one, other = Likeness("王伟", id_number="a", phone="p"), Likeness("王维", id_number="a")
    assert alike(one, other) == [Alike.ID_NUMBER]
    assert alike(one, Likeness("王伟", id_number="b", phone="p")) == []
    assert alike(one, Likeness("王伟", phone="p")) == [Alike.NAME_AND_PHONE]
    assert alike(one, Likeness("李四", phone="p")) == [Alike.PHONE]
    assert not is_surely([Alike.PHONE])
    assert is_surely([Alike.NAME_AND_PHONE])


@given(st.builds(Likeness, name=st.sampled_from("王李"), phone=st.sampled_from(["", "p"]),
                 id_number=st.sampled_from(["", "a", "b"]), birth_year=st.sampled_from([None, 1, 2]),
                 sex=st.sampled_from(["", "f", "m"])),
       st.builds(Likeness, name=st.sampled_from("王李"), phone=st.sampled_from(["", "p"]),
                 id_number=st.sampled_from(["", "a", "b"]), birth_year=st.sampled_from([None, 1, 2]),
                 sex=st.sampled_from(["", "f", "m"])))  # fmt: skip
def test_likeness_does_not_depend_on_the_order(one, other):
    assert alike(one, other) == alike(other, one)


def test_a_merge_fills_what_lacks_and_keeps_what_both_say():
    kept = {"name": "王秀英", "phone": "1", "note": "", "is_party_member": False}
    merged = {"name": "王秀英", "phone": "2", "note": "x", "is_party_member": True}
    choice = choose_fields(kept, merged)
    assert (choice.taken, choice.conflicts) == (("is_party_member", "note"), ("phone",))
    choice = choose_fields(kept, merged, prefer_merged=["phone"])
    assert (choice.taken, choice.conflicts) == (("phone", "is_party_member", "note"), ("phone",))


# ── a file of persons ────────────────────────────────────────────────────────────────────────


def test_columns_are_known_under_many_names():
    header = ["序号", "姓名*", "手机号（必填）", "身份证号码", "出生日期", "所属网格", "Address"]
    assert columns_of(header) == {
        "name": "姓名*",
        "phone": "手机号（必填）",
        "id_number": "身份证号码",
        "born_on": "出生日期",
        "grid": "所属网格",
        "address": "Address",
    }


def test_a_line_is_read_as_people_write_lists():
    values, faults = read_row(
        {"name": "张　勇", "sex": "男", "phone": "+86 138 0000 0001", "born_on": "1944年2月29日",
         "grid": "第1网格", "building": "12", "unit": "2", "room": "301室",
         "residency": "新居民", "home_town": "安徽阜阳", "is_party_member": "中共党员"},
        grids={"1": 7, "第1网格": 7}, today=TODAY,
    )  # fmt: skip
    assert faults == {}
    assert values == {
        "name": "张勇", "sex": "m", "phone": "13800000001", "id_number": "",
        "born_on": date(1944, 2, 29), "grid_id": 7, "address": "12幢2单元301",
        "residency": "new", "home_town": "安徽阜阳", "is_party_member": True, "note": "",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("cells", "faults"),
    [
        ({"name": "王伟", "born_on": "1943-02-29"}, {"born_on": Fault.NO_SUCH_DAY}),
        ({"name": "王伟", "born_on": "去年"}, {"born_on": Fault.NO_SUCH_DAY}),
        ({"name": "=HYPERLINK(1)"}, {"name": Fault.FORMULA}),
        ({"name": "＋王伟"}, {"name": Fault.FORMULA}),
        ({"name": ""}, {"name": Fault.EMPTY}),
        ({"name": "王伟", "sex": "?"}, {"sex": Fault.NO_SUCH_CHOICE}),
        ({"name": "王伟", "residency": "?"}, {"residency": Fault.NO_SUCH_CHOICE}),
        ({"name": "王伟", "is_party_member": "?"}, {"is_party_member": Fault.NO_SUCH_CHOICE}),
        ({"name": "王伟", "grid": "9"}, {"grid_id": Fault.NO_SUCH_GRID}),
        ({"name": "王伟", "phone": "86112233"}, {"phone": Fault.NO_AREA_CODE}),
    ],
)
def test_a_line_that_cannot_be_says_why(cells, faults):
    assert read_row(cells, grids={"1": 7}, today=TODAY)[1] == faults


def test_namesakes_stay_apart_and_known_ones_are_known():
    known = Namesakes()
    known.add("person:1", Likeness("王伟", phone="p", id_number="a"))
    assert known.judge(Likeness("王伟")) == (Outcome.NAMESAKE, "person:1", [])
    assert known.judge(Likeness("李四", phone="p")) == (Outcome.NEW, "", [])
    assert known.judge(Likeness("王伟", phone="p")) == (
        Outcome.KNOWN, "person:1", [Alike.NAME_AND_PHONE],
    )  # fmt: skip
    assert known.judge(Likeness("李四", id_number="a")) == (
        Outcome.REFUSED, "person:1", [Alike.ID_NUMBER],
    )  # fmt: skip
