"""The press: what goes in as Chinese comes out as Chinese, and nothing else comes in or stays."""

import json
import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from django.http import HttpRequest
from PIL import Image

from mulin.kit.paper import press
from mulin.kit.paper.printing import PressFailed, PressMissing, paper, pdf_response, pressed
from tests.support.pdfs import DEAD_MM, Pdf

PRESS = Path(press.__file__)
CSS = PRESS.with_name("paper.css")
#: Names as they stand in people's papers; each is in one of the fonts that the readme asks for.
NAMES = "王䶮、李㛃、张喆、龘、〇、唐珺、朱翀、冯堃、赵頔"
ROWS = "<table><thead><tr><th>姓名</th></tr></thead><tbody>{}</tbody></table>"


@pytest.fixture(params=["inside", "apart"])
def press_at(request, settings):
    """Both places in which a sheet may be made."""
    settings.MULIN_PRESS = request.param
    return request.param


def child(html="<p>一</p>", path=PRESS, **more):
    """The press as it is started, with nothing of ours in its environment."""
    job = {"html": html, "css": str(CSS), "pictures": {}, **more}
    return subprocess.run(
        [sys.executable, "-I", str(path)], input=json.dumps(job).encode(),
        env={"PATH": os.environ["PATH"]}, cwd="/", capture_output=True, check=False,
    )  # fmt: skip


def rows(count):
    return ROWS.format("".join(f"<tr><td>第{number}位</td></tr>" for number in range(count)))


def test_chinese_is_selected_as_it_was_written(press_at):
    said = f"海盐县新街社区，{NAMES}：路灯坏了三天（12幢1单元301室）。"
    pdf = Pdf(pressed(f"<html lang='zh-CN'><p>{said}</p></html>"))
    assert pdf.packed == f"{said}第1页共1页"


def test_its_fonts_are_the_named_ones_and_lie_in_the_file(press_at):
    pdf = Pdf(pressed(f"<html lang='zh-CN'><p>{NAMES}</p><p class='poster'>门口</p></html>"))
    assert set(pdf.fonts.values()) == {True}
    assert {name.partition("+")[2] for name in pdf.fonts} >= {"Noto-Serif-CJK-SC"}


def test_a_sheet_says_of_itself_its_title_and_no_more(press_at):
    pdf = Pdf(pressed("<html><head><title>回访单</title></head><p>王秀英</p></html>"))
    assert pdf.about == {"Title": "回访单", "Producer": "WeasyPrint 70.0"}


@pytest.mark.parametrize(("count", "pages"), [(0, 1), (1, 1), (200, 8)])
def test_a_long_list_runs_over_pages_each_with_the_head_and_its_number(settings, count, pages):
    pdf = Pdf(pressed(rows(count)))
    assert len(pdf) == pages
    assert all("姓名" in page and f"共 {pages} 页" in page for page in pdf.pages)
    assert pdf.packed.count("位") == count
    assert all(pdf.nearest_to_edge_mm(number) > DEAD_MM for number in range(pages))


def test_nothing_is_fetched_from_anywhere(press_at, tmp_path):
    Image.new("RGB", (20, 20), "black").save(tmp_path / "secret.png")
    sources = (
        "http://127.0.0.1:9/x.png", f"file://{tmp_path}/secret.png", "paper:/secret.png",
        "/etc/hostname", "picture:other",
        "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'><rect width='9' height='9'/></svg>",
    )  # fmt: skip
    drawn = "".join(f'<img src="{source}" width="200" height="200" alt="">' for source in sources)
    link = f'<link rel="stylesheet" href="file://{tmp_path}/x.css">'
    pdf = Pdf(pressed(f"<html>{link}<p>字</p>{drawn}<object data='file:///etc/passwd'></object>"))
    assert pdf.packed == "字第1页共1页"
    assert [thing for page in pdf.document for thing in page.get_objects(filter=[3])] == []


def test_a_picture_that_was_given_stands_on_the_sheet(press_at, tmp_path):
    Image.new("RGB", (20, 20), "black").save(tmp_path / "lamp.jpg")
    html = '<img src="picture:lamp" width="100" height="100" alt="">'
    pdf = Pdf(pressed(html, pictures={"lamp": str(tmp_path / "lamp.jpg")}))
    assert len([thing for page in pdf.document for thing in page.get_objects(filter=[3])]) == 1


def test_the_press_is_gone_when_the_sheet_is_done_and_we_are_no_larger(settings):
    settings.MULIN_PRESS = "apart"
    ours = psutil.Process()
    pressed(rows(200))
    before = ours.memory_info().rss
    for _time in range(3):
        pressed(rows(200))
    assert ours.memory_info().rss - before < 5_000_000
    assert [one for one in ours.children() if "press.py" in " ".join(one.cmdline())] == []


def test_the_press_is_given_no_key(tmp_path, settings, monkeypatch):
    """A press that tells its environment would tell it to us."""
    settings.MULIN_PRESS = "apart"
    monkeypatch.setenv("MULIN_SECRET_KEY", "geheim")
    spy = tmp_path / "press.py"
    spy.write_text("import os, sys; sys.stdout.write(repr(dict(os.environ)))", "utf-8")
    monkeypatch.setattr("mulin.kit.paper.printing._FOLDER", tmp_path)
    told = pressed("<p>一</p>").decode()
    assert "PATH" in told
    assert "geheim" not in told
    assert "MULIN" not in told


def test_where_the_library_is_missing_it_says_so(tmp_path, settings, monkeypatch):
    """Without WeasyPrint's system libraries its import raises, as here where a file of its name
    does."""
    settings.MULIN_PRESS = "apart"
    broken = "raise OSError('cannot load library libpango-1.0-0')"
    (tmp_path / "weasyprint.py").write_text(broken, "utf-8")
    (tmp_path / "press.py").write_text(
        f"import runpy, sys; sys.path.insert(0, {str(tmp_path)!r});"
        f"runpy.run_path({str(PRESS)!r}, run_name='__main__')",
        "utf-8",
    )
    monkeypatch.setattr("mulin.kit.paper.printing._FOLDER", tmp_path)
    with pytest.raises(PressMissing, match="libpango"):
        pressed("<p>一</p>")


@pytest.mark.parametrize(
    ("code", "said"), [(press.MISSING, "libpango-1.0-0、"), (press.FAILED, "没有做完")]
)
def test_the_reader_is_told_plainly(tmp_path, settings, monkeypatch, code, said, db):
    settings.MULIN_PRESS = "apart"
    (tmp_path / "press.py").write_text(f"import sys; sys.exit({code})", "utf-8")
    monkeypatch.setattr("mulin.kit.paper.printing._FOLDER", tmp_path)
    answer = paper("kit/paper.html", {}, request=HttpRequest(), name="回执")
    assert answer.status_code == 503
    assert said in answer.content.decode()


def test_the_child_tells_no_word_of_the_sheet_when_it_fails(tmp_path):
    done = child("<p>王秀英</p>", css=str(tmp_path / "none.css"))
    assert (done.returncode, done.stderr.decode()) == (press.FAILED, "FileNotFoundError")


def test_a_press_that_is_killed_is_a_sheet_that_failed(tmp_path, settings, monkeypatch):
    settings.MULIN_PRESS = "apart"
    (tmp_path / "press.py").write_text("import os; os.kill(os.getpid(), 9)", "utf-8")
    monkeypatch.setattr("mulin.kit.paper.printing._FOLDER", tmp_path)
    with pytest.raises(PressFailed):
        pressed("<p>一</p>")


def test_a_sheet_is_kept_by_no_cache_and_saved_under_its_chinese_name():
    answer = pdf_response(b"%PDF", name="回访单")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "%E5%9B%9E%E8%AE%BF%E5%8D%95.pdf" in answer.headers["Content-Disposition"]
