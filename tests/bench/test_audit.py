"""The audit of the packages says that it is clean only when each was answered for."""

import json

import pytest

from tests.support.outside import Outside, answering
from tools import audit

TWO = "django==5.2.19 \\\n    --hash=sha256:ab\n    # by what\npsycopg[binary]==3.3.9 ; x\n"


class Advisories(Outside):
    """Answers what it is told to, whatever is asked."""

    told: object = None

    def meet(self, handler):
        handler.rfile.read(int(handler.headers["Content-Length"]))
        body = json.dumps({"results": self.told}).encode()
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)


@pytest.fixture
def asked(monkeypatch, tmp_path, capsys):
    """`asked(answers)`: the exit code and what was said."""
    (tmp_path / "requirements.txt").write_text(TWO, "utf-8")
    monkeypatch.setattr(audit, "ROOT", tmp_path)

    def ask(answers):
        with answering(Advisories()) as there:
            there.told = answers
            monkeypatch.setenv("MULIN_ADVISORIES", there.url)
            return audit.main(), "".join(capsys.readouterr())

    return ask


def test_clean_is_what_was_answered_for_and_has_no_weakness(asked):
    code, said = asked([{}, {}])
    assert code == 0
    assert "2 packages of 1 files, 0 with" in said


def test_a_weakness_is_named_and_fails(asked):
    code, said = asked([{}, {"vulns": [{"id": "PYSEC-2026-1"}]}])
    assert code == 1
    assert "psycopg 3.3.9: PYSEC-2026-1" in said


@pytest.mark.parametrize("answers", [[{}], [], None, [{}, None], [{}, {"next_page_token": "x"}]])
def test_a_package_that_was_not_answered_for_fails(asked, answers):
    code, said = asked(answers)
    assert code == 2
    assert "Not checked" in said


def test_without_a_network_nothing_is_called_safe(monkeypatch, capsys):
    monkeypatch.setenv("MULIN_ADVISORIES", "http://127.0.0.1:9/")
    assert audit.main() == 2
    assert "Not checked" in capsys.readouterr().err


def test_every_pinned_package_of_ours_is_asked_about():
    texts = [path.read_text("utf-8") for path in audit.ROOT.glob("requirements*.txt")]
    names = {name for name, _version in audit.pinned(texts)}
    assert {"django", "psycopg-binary", "ortools", "pytest"} <= names
    with pytest.raises(audit.NotAsked):
        audit.pinned(["django\n"])
