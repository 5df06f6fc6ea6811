"""The command line: real conversations, and files that are not what they should be."""

import csv
import json
import shutil

import numpy as np
import pytest

from mulin.cli import main
from mulin.parlour.suggestions.meaning import embedding
from mulin.parlour.suggestions.rules.opinions import likeness

pytestmark = pytest.mark.once

COMMENTS = "timestamp,datetime,comment-id,author-id,agrees,disagrees,moderated,comment-body\n"
VOTES = "timestamp,datetime,comment-id,voter-id,vote\n"


def opinions(folder, capsys):
    assert main(["opinions", str(folder)]) == 0
    return json.loads(capsys.readouterr().out)


def published(folder):
    """The groups that Polis published, by participant."""
    with (folder / "participants-votes.csv").open(encoding="utf-8") as lines:
        return {
            int(row["participant"]): int(row["group-id"])
            for row in csv.DictReader(lines)
            if row["group-id"]
        }


@pytest.mark.shared
def test_the_chinese_conversation_is_parted_as_published(shared, capsys):
    folder = shared / "data" / "participation" / "polis" / "vtaiwan.uberx"
    told = opinions(folder, capsys)
    ours = {member: group["id"] for group in told["groups"] for member in group["members"]}
    theirs = published(folder)
    both = sorted(set(ours) & set(theirs))
    assert len(both) > 1_200
    alike = likeness(np.array([ours[one] for one in both]), np.array([theirs[one] for one in both]))
    assert alike >= 0.80
    assert len(told["ungrouped"]) + len(ours) == 1_921
    assert all(group["representative"] for group in told["groups"])
    assert any("保" in one["text"] for one in told["consensus"][:5])


@pytest.mark.shared
def test_the_one_minded_conversation_has_no_real_split(shared, capsys):
    told = opinions(
        shared / "data" / "participation" / "polis" / "scoop-hivemind.freshwater", capsys
    )
    assert (told["answer"], told["groups"]) == ("no real split", [])
    assert told["why"]
    assert len(told["consensus"]) > 10


@pytest.mark.shared
def test_where_single_votes_are_missing_the_table_says_the_same(shared, capsys, tmp_path):
    folder = shared / "data" / "participation" / "polis" / "scoop-hivemind.freshwater"
    for name in ("comments.csv", "participants-votes.csv"):
        shutil.copy(folder / name, tmp_path / name)
    assert opinions(tmp_path, capsys)["answer"] == "no real split"


def test_a_conversation_of_three_prints_an_answer(tmp_path, capsys):
    (tmp_path / "comments.csv").write_text(COMMENTS + "1,x,0,0,2,1,1,多种桂花树\n", "utf-8")
    votes = "1,x,0,7,1\n2,x,0,8,1\n3,x,0,9,-1\n4,x,0,9,1\n"
    (tmp_path / "votes.csv").write_text(VOTES + votes, "utf-8")
    told = opinions(tmp_path, capsys)
    assert told["ungrouped"] == [7, 8, 9]
    # All three agree, for the last vote of 9 counts: (3 + 1) ÷ (3 + 2).
    assert [(one["text"], one["value"]) for one in told["consensus"]] == [("多种桂花树", 0.8)]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("votes.csv", VOTES + "1,x,0,7,2\n"),
        ("votes.csv", "vote\n1\n"),
        ("participants-votes.csv", ""),
        (
            "participants-votes.csv",
            "participant,group-id,n-comments,n-votes,a,b,0\n1,,0,1,1,0,1,1\n",
        ),
        ("comments.csv", "comment-id\nnone\n"),
    ],
)
def test_a_file_that_is_something_else_is_named(tmp_path, capsys, name, content):
    (tmp_path / "comments.csv").write_text(COMMENTS, "utf-8")
    (tmp_path / name).write_text(content, "utf-8")
    assert main(["opinions", str(tmp_path)]) == 2
    assert name in capsys.readouterr().err


def test_a_folder_without_a_conversation_is_refused(tmp_path, capsys):
    assert main(["opinions", str(tmp_path)]) == 2
    assert "comments.csv" in capsys.readouterr().err


def test_similar_prints_the_nearest_by_words_and_says_what_is_missing(tmp_path, capsys):
    file = tmp_path / "ideas.txt"
    file.write_text("楼道灯坏了\n三楼楼道的灯坏了\n多种几棵树\n\n😀\n", "utf-8")
    assert main(["similar", str(file), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    first, _second, trees, smile = told["texts"]
    assert [one["text"] for one in first["by_words"]] == ["三楼楼道的灯坏了"]
    assert trees["by_words"] == smile["by_words"] == []
    assert bool(told["missing"]) == (first["by_meaning"] is None) == (embedding() is None)


def test_similar_reads_a_list_and_refuses_what_is_none(tmp_path, capsys):
    file = tmp_path / "ideas.json"
    file.write_text('["路灯", "路灯暗"]', "utf-8")
    assert main(["similar", str(file)]) == 0
    assert "路灯暗" in capsys.readouterr().out
    file.write_text('{"路灯": 1}', "utf-8")
    assert main(["similar", str(file)]) == 2
    assert str(file) in capsys.readouterr().err
