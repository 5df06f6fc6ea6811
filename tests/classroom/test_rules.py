"""What a kit must hold, how a quiz goes on, who wins a draw; the ten kits are what was promised."""

import re
import subprocess
import sys

import pytest

from mulin.parlour.classroom import redraw
from mulin.parlour.classroom.queries import KITS, shipped_kits
from mulin.parlour.classroom.rules import (
    Audience,
    Item,
    KitFault,
    Stage,
    audience_of,
    entrants_of,
    kit_as_toml,
    kit_from_toml,
    next_stage,
    pictures_of,
    ranked,
    read_plan,
    read_quiz,
    read_scene,
    spoken_scene,
    tally,
)

pytestmark = pytest.mark.once


def fault(read, text):
    with pytest.raises(KitFault) as raised:
        read(text)
    return raised.value.part, raised.value.why, raised.value.what


def test_a_plan_is_minutes_and_words():
    steps = read_plan("5 分钟 开场\n\n10 情景剧\n3 min: end")
    assert [(step.minutes, step.words) for step in steps] == [
        (5, "开场"),
        (10, "情景剧"),
        (3, "end"),
    ]
    assert fault(read_plan, "5 开场\n情景剧") == ("plan", "line", "情景剧")


def test_a_question_has_one_right_answer_and_says_why():
    (item,) = read_quiz("问：几点？\n错：一点\n对：两点\n讲：钟上写着。")
    assert item == Item("几点？", ("一点", "两点"), 1, "钟上写着。")
    assert item.answer == "B 两点"
    assert fault(read_quiz, "对：两点") == ("quiz", "line", "对：两点")
    assert fault(read_quiz, "问：几点？\n对：一点\n对：两点\n讲：x")[1:] == ("question", "几点？")
    assert fault(read_quiz, "问：几点？\n对：一点\n讲：x")[1:] == ("question", "几点？")
    assert fault(read_quiz, "问：几点？\n对：一点\n错：两点")[1:] == ("question", "几点？")
    assert fault(read_quiz, "问：几点？\n乱写") == ("quiz", "line", "乱写")
    many = "问：几点？\n对：一点\n错：两点\n讲：x\n" * 41
    assert fault(read_quiz, many)[1] == "many"


def test_a_scene_is_written_in_words_and_says_the_same_as_in_signs():
    signs = "#1 电话响了\n> 挂断，到前台问 => 2\n> 听 => 3\n#2+ 好\n#3- 钱没了"
    words = spoken_scene(signs)
    assert (
        words
        == "第1步：电话响了\n选：挂断，到前台问，到第2步\n选：听，到第3步\n第2步（好）：好\n第3步（坏）：钱没了"
    )
    assert read_scene(words) == read_scene(signs)
    assert spoken_scene(words) == words
    loose = "第 1 步: 响\n选:挂 到第2步。\n第2步(好):好"
    assert read_scene(loose)[1].choices == (("挂", 2),)
    assert read_scene(loose)[2].tone == "+"
    assert fault(read_scene, "第1步：响\n选：挂")[1] == "line"


def test_every_way_of_a_scene_leads_to_an_end_that_is_there():
    steps = read_scene("#1 电话响了\n> 挂断 => 2\n> 听 => 3\n#2+ 好\n#3- 钱没了")
    assert [step.is_end for step in steps.values()] == [False, True, True]
    assert steps[1].choices == (("挂断", 2), ("听", 3))
    assert fault(read_scene, "#1 响\n> 挂 => 9\n#2+ 好")[1:] == ("nowhere", "挂")
    assert fault(read_scene, "#1+ 好\n#2+ 也好")[1:] == ("lost", "也好")
    assert fault(read_scene, "#2 响\n> 挂 => 2")[1] == "start"
    assert fault(read_scene, "#1 响")[1:] == ("end", "响")
    assert fault(read_scene, "#1 响\n> 挂 => 2\n#2+ 好\n#2- 坏")[1] == "twice"
    assert fault(read_scene, "电话响了")[1] == "line"


def test_ten_kits_come_with_the_product_each_whole():
    kits = shipped_kits()
    assert len(kits) == 10
    assert {kit.subject for kit in kits.values()} == {"fraud", "safety", "law", "health", "phone"}
    assert {"elderly", "new", "workers", "children"} == {
        one for kit in kits.values() for one in kit.audiences
    }
    for name, kit in kits.items():
        assert sum(step.minutes for step in read_plan(kit.plan)) == 40, name
        characters = len(re.findall("[一-鿿]", kit.script))
        assert characters >= 1200 or len(read_quiz(kit.quiz)) >= 15, name
        assert read_quiz(kit.quiz), name
    drills = [read_scene(kit.scene) for kit in kits.values() if kit.scene]
    assert len(drills) == 4
    assert all({"+", "-"} <= {step.tone for step in drill.values()} for drill in drills)


def test_a_kit_reads_back_as_it_was_written():
    for path in KITS.glob("*.toml"):
        kit = kit_from_toml(path.read_text("utf-8"))
        assert kit_from_toml(kit_as_toml(kit)) == kit


def test_what_is_no_kit_is_said():
    assert fault(kit_from_toml, "= ")[:2] == ("file", "toml")
    assert fault(kit_from_toml, "title = 3")[:2] == ("file", "value")
    assert fault(kit_from_toml, 'audiences = "elderly"')[:2] == ("file", "value")
    assert fault(kit_from_toml, 'title = "x"')[0] == "subject"


def test_a_script_names_its_pictures():
    assert pictures_of("第一幕\n图：map.jpg\n图: b.png\n图：map.jpg\n不是图：x") == [
        "map.jpg",
        "b.png",
    ]


def test_the_first_kind_that_fits_somebody_counts():
    def kind(age, *, works=False, is_new=False):
        return audience_of(age=age, works=works, is_new=is_new)

    assert kind(17, works=True) == Audience.CHILDREN
    assert kind(60, works=True) == Audience.ELDERLY
    assert kind(59, works=True, is_new=True) == Audience.WORKERS
    assert kind(18, is_new=True) == Audience.NEW
    assert kind(None) == Audience.OTHERS


def test_one_press_leads_a_quiz_on():
    walk, stage, at = [], Stage.WAITING, -1
    while stage != Stage.OVER:
        stage, at = next_stage(stage, at, 2)
        walk.append((stage, at))
    assert walk == [("asking", 0), ("shown", 0), ("asking", 1), ("shown", 1), ("over", 1)]
    with pytest.raises(ValueError, match="over"):
        next_stage(Stage.OVER, 1, 2)


def test_a_point_for_each_right_answer_however_fast():
    items = [Item("a", ("x", "y"), 1, "w"), Item("b", ("x", "y"), 0, "w")]
    answers = [(7, 0, 1), (7, 1, 0), (8, 0, 0), (8, 1, 0), (9, 9, 0)]
    assert tally(items, answers, 2) == ({7: 2, 8: 1}, [[2, 1], [2, 2]])
    assert tally(items, answers, 1) == ({7: 1, 8: 0}, [[2, 1]])


def test_who_has_as_many_points_shares_the_place():
    assert ranked([("乙", 3), ("甲", 5), ("丙", 3), ("丁", 1)], most=3) == [
        (1, "甲", 5), (2, "丙", 3), (2, "乙", 3),
    ]  # fmt: skip
    assert ranked([("乙", 3), ("丙", 3), ("丁", 1)], most=9)[-1][0] == 3


def test_a_list_has_everybody_once():
    assert entrants_of(" 甲 \n\n乙\n甲") == ["甲", "乙"]


def test_a_draw_falls_the_same_for_everybody(tmp_path):
    entrants = [f"票{number}" for number in range(30)]
    won = redraw.winners(entrants, "528", 3)
    # Worked out with sha256sum and bc, so that the rule cannot drift.
    assert redraw.fingerprint(["甲", "乙"]) == (
        "083dc4488876df55ba6002090210b3f7ede5586d0c26c9770504332e867d8710"
    )
    assert redraw.winners(["甲", "乙", "丙"], "528", 2) == ["乙", "甲"]
    assert len(set(won)) == 3
    assert won != redraw.winners(entrants, "529", 3)
    assert won != redraw.winners([*entrants[1:], entrants[0]], "528", 3)
    assert sorted(redraw.winners(entrants, "1", 99)) == sorted(entrants)
    path = tmp_path / "entrants.txt"
    path.write_text("\n".join(entrants) + "\n", "utf-8")
    told = subprocess.run(
        [sys.executable, "-I", redraw.__file__, str(path), "528", "3"], capture_output=True,
        text=True, check=True, encoding="utf-8",
    ).stdout.splitlines()  # fmt: skip
    assert told == [redraw.fingerprint(entrants), *(f"{n}. {one}" for n, one in enumerate(won, 1))]
