"""An appraisal on paper: any list of projects, filled in, read back into what was said of each."""

import tempfile
from pathlib import Path

import pytest
from django.utils import translation

from mulin.kit.paper.appraisal import Appraised, appraisal, appraised, on_sheets
from mulin.kit.paper.definition import Field, Form, FormFault, Kind, pages_of
from mulin.kit.paper.reading import open_reader
from tests.support.filledin import blank_of, photo, written
from tests.support.hardphotos import ORDINARY

PROJECTS = [("11", "楼道装扶手"), ("12", "中心花园铺防滑地砖，再放四张有靠背的长椅"), ("13", "垃圾亭装灯"),
            ("14", "议事亭翻新")]  # fmt: skip


def form_of(projects):
    with translation.override("zh-hans"):
        return Form(code="APPRAISE", version=1, title="项目测评", fields=appraisal(projects))


def test_the_projects_of_one_side_are_read_back_as_they_were_ticked():
    form = form_of(PROJECTS)
    said = {
        "p11": "yes", "p11_seen": "yes", "p11_step": "5", "p11_words": "扶手很稳",
        "p12": "partly", "p12_step": "2",
        "p14": "no", "p14_seen": "no", "p14_step": "1",
    }  # fmt: skip
    with open_reader([form]) as reader, tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "photo.jpg")
        path.write_bytes(photo(written(blank_of(form, "ABCDEFGHJK"), form, said), ORDINARY))
        (page,) = reader.pages(path)
    read = {one.name: one.values[0] if one.values else "" for one in page.fields}
    assert appraised([ref for ref, _name in PROJECTS], read) == [
        Appraised("11", "yes", has_seen=True, step=5, words="扶手很稳"),
        Appraised("12", "partly", has_seen=None, step=2, words=""),
        Appraised("14", "no", has_seen=False, step=1, words=""),
    ]


def test_a_side_holds_four_projects_and_longer_lists_are_dealt_out_in_order():
    many = [(str(number), "长" * (20 if number < 8 else 40)) for number in range(11)]
    dealt = on_sheets(many)
    assert [len(side) for side in dealt] == [4, 4, 3]
    assert [project for side in dealt for project in side] == many
    assert all(len(pages_of(form_of(side))) == 1 for side in dealt)
    words = (Field("words", "还想说什么？", Kind.TEXT, lines=3),)
    assert [len(side) for side in on_sheets(many[:8], words)] == [3, 3, 2]
    assert on_sheets([]) == []
    with pytest.raises(FormFault):
        on_sheets([("1", "长" * 500)])


def test_nothing_said_of_a_project_is_no_appraisal_of_it():
    assert appraised(["1"], {"p1": "", "p1_seen": None, "p1_words": " "}) == []
