"""`mulin audit verify` on real rows that somebody tampered with, on either database."""

import json

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction

from mulin.cli import main
from mulin.ground.audit.actions import erase_details
from mulin.ground.audit.anchors import anchor, anchor_file
from mulin.ground.audit.models import Act, ChainHead
from mulin.kit.scoping import in_community
from tests.audit.chains import drop_uniqueness, inside, remove, sql, write_acts
from tests.clock import NOW


@pytest.fixture(autouse=True)
def _own_anchors(tmp_path, settings):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def told(capsys):
    """Run the verifier; its exit code and what it found in 新街社区."""

    def run(*arguments):
        code = main(["audit", "verify", "--json", *arguments])
        reports = {report["community"]: report for report in json.loads(capsys.readouterr().out)}
        findings = reports["xinjie"]["findings"]
        return code, [(finding["fault"], finding["seq"]) for finding in findings]

    return run


def test_an_untouched_chain_is_whole(cast, told):
    write_acts(cast)
    assert told() == (0, [])


def test_an_act_deleted_from_the_middle_is_a_gap(cast, told):
    write_acts(cast)
    with inside(cast):
        remove(4)
    assert told() == (1, [("gap", 4)])


def test_an_act_changed_is_an_edit(cast, told):
    write_acts(cast)
    with inside(cast):
        sql("UPDATE audit_act SET account_id = %s WHERE seq = 5", cast.zhou.account.pk)
    assert told() == (1, [("edit", 5)])


def test_an_act_dated_back_is_an_edit(cast, told):
    write_acts(cast)
    with inside(cast):
        sql("UPDATE audit_act SET at = %s WHERE seq = 2", NOW.replace(year=2024))
    assert told() == (1, [("edit", 2)])


def test_an_act_written_a_second_time_is_a_duplicate(cast, told):
    write_acts(cast)
    with inside(cast):
        drop_uniqueness()
        sql("CREATE TEMPORARY TABLE again AS SELECT * FROM audit_act WHERE seq = 3")
        sql("UPDATE again SET id = id + 1")
        sql("INSERT INTO audit_act SELECT * FROM again")
        sql("DROP TABLE again")
    assert told() == (1, [("duplicate", 3), ("edited detail", 3)])


def test_the_database_itself_refuses_a_duplicate_and_a_fork(cast):
    write_acts(cast, 3)
    with inside(cast):
        act = Act.objects.get(seq=2)
        for change in ({"seq": 2, "previous": "a" * 64}, {"seq": 9, "previous": act.previous}):
            copy = Act.objects.get(seq=2)
            copy.pk, copy.token = None, None
            copy._state.adding = True
            for name, value in change.items():
                setattr(copy, name, value)
            with pytest.raises(IntegrityError, match=r"(?i)unique"), transaction.atomic():
                copy.save(force_insert=True)


def test_a_tail_cut_off_is_told_by_the_head(cast, told):
    write_acts(cast)
    with inside(cast):
        remove(8)
        remove(7)
    assert told() == (1, [("cut-off tail", 7)])


def test_a_tail_cut_off_with_an_older_head_put_back_is_told_by_the_anchor(cast, told):
    write_acts(cast, 5)
    with inside(cast):
        older = ChainHead.objects.values("seq", "seal", "proof").get()
    write_acts(cast, 3)
    anchor(cast.xinjie, NOW)
    with inside(cast):
        for seq in (8, 7, 6):
            remove(seq)
        sql(
            "UPDATE audit_chainhead SET seq = %s, seal = %s, proof = %s",
            older["seq"], older["seal"], older["proof"],
        )  # fmt: skip
    assert told() == (1, [("cut-off tail", 6)])


def test_without_an_anchor_an_older_head_put_back_cannot_be_told(cast, told):
    """Why the heads are carried off the machine."""
    write_acts(cast, 5)
    with inside(cast):
        older = ChainHead.objects.values("seq", "seal", "proof").get()
    write_acts(cast, 1)
    with inside(cast):
        remove(6)
        sql(
            "UPDATE audit_chainhead SET seq = %s, seal = %s, proof = %s",
            older["seq"], older["seal"], older["proof"],
        )  # fmt: skip
    assert told() == (0, [])


def test_a_head_wound_back_without_the_key_is_forged(cast, told):
    write_acts(cast)
    with inside(cast):
        remove(8)
        last = Act.objects.get(seq=7)
        sql("UPDATE audit_chainhead SET seq = 7, seal = %s", last.seal)
    assert told() == (1, [("forged head", 7)])


def test_a_head_deleted_is_forged(cast, told):
    write_acts(cast, 3)
    with inside(cast):
        sql("DELETE FROM audit_chainhead")
    assert told() == (1, [("forged head", 0)])


def test_a_chain_wiped_out_whole_is_told_by_the_anchor(cast, told):
    write_acts(cast, 3)
    anchor(cast.xinjie, NOW)
    with inside(cast):
        for seq in (3, 2, 1):
            remove(seq)
        sql("DELETE FROM audit_chainhead")
    assert told() == (1, [("cut-off tail", 1)])


def test_a_detail_changed_or_removed_is_told_and_an_erased_one_is_not(cast, told):
    write_acts(cast, 4)
    with inside(cast):
        first, second = Act.objects.get(seq=1), Act.objects.get(seq=2)
        detail = first.detail
        detail.changes = '{"after": {}, "before": {}}'
        detail.save()
        sql("DELETE FROM audit_actdetail WHERE act_id = %s", second.pk)
    assert told() == (1, [("edited detail", 1), ("edited detail", 2)])
    with inside(cast):
        erase_details("community.grid", [cast.grid_1.pk], now=NOW)
    assert told() == (1, [("edited detail", 2)])


def test_a_detail_emptied_without_being_erased_is_told(cast, told):
    write_acts(cast, 2)
    with inside(cast):
        sql(
            "UPDATE audit_actdetail SET changes = NULL WHERE act_id IN (SELECT id FROM audit_act WHERE seq = 1)"
        )
    assert told() == (1, [("edited detail", 1)])


def test_an_erased_detail_leaves_the_chain_whole(cast, told):
    write_acts(cast, 3)
    with inside(cast):
        assert erase_details("community.grid", [cast.grid_1.pk], now=NOW) == 3
    assert told() == (0, [])


def test_one_community_is_examined_alone_and_an_unknown_one_is_said_so(cast, told, capsys):
    write_acts(cast, 2)
    assert told("--community", "xinjie") == (0, [])
    assert main(["audit", "verify", "--community", "nowhere"]) == 2
    assert "nowhere" in capsys.readouterr().out


def test_every_fault_is_said_in_a_sentence(cast, capsys):
    write_acts(cast)
    with inside(cast):
        remove(4)
        sql("UPDATE audit_act SET verb = 'unsay' WHERE seq = 6")
    assert main(["audit", "verify"]) == 1
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("xinjie")]
    assert lines == [
        "xinjie: gap: acts are missing from number 4 on",
        "xinjie: edit: act 6 is not what was written",
    ]


def test_heads_are_kept_once_and_a_damaged_file_is_told(cast, capsys):
    write_acts(cast, 2)
    assert main(["audit", "anchor"]) == 0
    assert main(["audit", "anchor"]) == 0
    kept = [json.loads(line) for line in anchor_file().read_text().splitlines()]
    with in_community(cast.xinjie):
        seal = ChainHead.objects.get().seal
    assert [(line["community"], line["seq"], line["seal"]) for line in kept] == [
        (cast.xinjie.pk, 2, seal)
    ]
    assert anchor_file().parent == settings.DATA_DIR
    anchor_file().write_text("nonsense\n")
    assert main(["audit", "verify"]) == 1
    assert "line 1" in capsys.readouterr().err
