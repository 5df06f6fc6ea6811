"""What lies in deploy/ and stands in the installers' guide names only what there is."""

import argparse
import configparser
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.test import Client

from mulin.cli import _parser

REPOSITORY = Path(__file__).resolve().parents[2]
DEPLOY = REPOSITORY / "deploy"
UNITS = ("mulin.service", "mulin-work.service")
GUIDES = [REPOSITORY / "README.md", *sorted((REPOSITORY / "docs").glob("*.md"))]
#: A command in code: as a span, a line of a fence, or by its full path.
COMMAND = re.compile(r"(?:^|`|/bin/| )mulin (?P<rest>[a-z][^`\n|;)]*)", re.MULTILINE)
SETTING = re.compile(r"\bMULIN_[A-Z_]+\b")
READ = re.compile(r'(?:_env|_flag|_number|environ\.get)\(\s*"(MULIN_[A-Z_]+)"')


def words_of(parser, words=()):
    """Every command with the options it takes."""
    below = [one for one in parser._actions if isinstance(one, argparse._SubParsersAction)]
    if not below:
        yield words, {option for one in parser._actions for option in one.option_strings}
    for group in below:
        for name, child in group.choices.items():
            yield from words_of(child, (*words, name))


COMMANDS = dict(words_of(_parser()))


def unknown(text):
    """The commands in a text that Mulin doesn't have, or that don't take such an option."""
    found = []
    for match in COMMAND.finditer(text):
        said = match["rest"].split()
        known = next((words for words in COMMANDS if tuple(said[: len(words)]) == words), None)
        options = {word.partition("=")[0] for word in said if word.startswith("--")}
        if known is None or not options <= COMMANDS[known]:
            found.append(match["rest"])
    return found


def code_in(text):
    """What a reader may type: fences and spans."""
    return "\n".join(
        re.findall(r"```\w*\n(.*?)```", text, re.DOTALL) + re.findall(r"`[^`\n]+`", text)
    )


def settings_read():
    return {
        name for path in (REPOSITORY / "mulin").rglob("*.py") for name in READ.findall(path.read_text("utf-8"))
    }  # fmt: skip


def test_a_command_that_is_not_there_is_seen():
    assert unknown("`mulin fly` and `mulin doctor --fast`") == ["fly", "doctor --fast"]
    assert unknown("`mulin doctor --level 2 --json`, `mulin audit verify`") == []


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.name)
def test_every_command_in_a_guide_exists(guide):
    assert unknown(code_in(guide.read_text("utf-8"))) == []


def test_the_installers_guide_names_every_command_an_operator_needs():
    text = (REPOSITORY / "docs" / "operating.md").read_text("utf-8")
    for command in ("migrate", "setup-link", "serve", "host", "doctor --level 2", "audit verify"):
        assert f"mulin {command}" in text


@pytest.mark.parametrize(
    "path",
    [*sorted(DEPLOY.iterdir()), REPOSITORY / "docs" / "operating.md"],
    ids=lambda path: path.name,
)
def test_every_setting_that_is_named_is_read(path):
    named = set(SETTING.findall(path.read_text("utf-8")))
    assert named - settings_read() == set()


def test_links_of_the_guide_lead_to_files():
    text = (REPOSITORY / "docs" / "operating.md").read_text("utf-8")
    links = set(re.findall(r"\]\(([^)#]+)\)", text))
    assert {link for link in links if not (REPOSITORY / "docs" / link).exists()} == set()
    assert len(links) == 5


# ── systemd ──────────────────────────────────────────────────────────────────────────────────


def unit(name):
    read = configparser.ConfigParser(strict=False, interpolation=None)
    read.optionxform = str
    read.read_string((DEPLOY / name).read_text("utf-8"))
    return read


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_is_closed_in(name):
    service = unit(name)["Service"]
    assert service["User"] == "mulin"
    assert {
        key: service[key]
        for key in ("NoNewPrivileges", "ProtectSystem", "ProtectHome", "PrivateTmp",
                    "StateDirectory", "StateDirectoryMode", "UMask", "CapabilityBoundingSet")
    } == {
        "NoNewPrivileges": "yes", "ProtectSystem": "strict", "ProtectHome": "yes",
        "PrivateTmp": "yes", "StateDirectory": "mulin", "StateDirectoryMode": "0700",
        "UMask": "0077", "CapabilityBoundingSet": "",
    }  # fmt: skip
    text = (DEPLOY / name).read_text("utf-8")
    assert "MULIN_DATA_DIR=/var/lib/mulin" in text
    assert "MULIN_PRODUCTION=1" in text
    assert unknown(service["ExecStart"]) == []


@pytest.mark.parametrize("name", UNITS)
@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
def test_systemd_takes_the_unit(name, tmp_path):
    text = (DEPLOY / name).read_text("utf-8")
    here = tmp_path / name
    here.write_text(re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", text, flags=re.MULTILINE))
    checked = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", here], capture_output=True, text=True, check=False
    )
    ours = [line for line in checked.stderr.splitlines() if name in line]
    assert ours == []


# ── container and proxies ────────────────────────────────────────────────────────────────────


def test_the_container_is_pinned_has_no_rights_and_says_how_it_is():
    text = (DEPLOY / "Containerfile").read_text("utf-8")
    images = re.findall(r"^FROM (\S+)", text, re.MULTILINE)
    assert len(set(images)) == 1
    assert re.fullmatch(r"docker\.io/library/python:3\.11\.\d+-slim-\w+", images[0])
    assert re.findall(r"^USER (\S+)", text, re.MULTILINE) == ["10001"]
    assert "--require-hashes" in text
    assert 'CMD ["mulin", "serve"]' in text
    readme = (REPOSITORY / "README.md").read_text("utf-8")
    needed = re.search(r"`(libpango[^`]+)`", readme).group(1)
    assert needed in " ".join(text.split())
    # Chinese needs a font, and a quick cut of it: 4teamwork/weasyprint-docker#9, WeasyPrint#2120.
    for guide in (text, (REPOSITORY / "docs/operating.md").read_text("utf-8")):
        assert {"libharfbuzz-subset0", "fonts-noto-cjk"} <= set(guide.split())
    copied = re.findall(r"^COPY (?!--from)(\S+)", text, re.MULTILINE)
    let_in = (REPOSITORY / ".containerignore").read_text("utf-8").splitlines()
    assert copied == ["requirements.txt", "mulin", "tools/install_command.py"]
    assert {f"!{path}" for path in copied} <= set(let_in)
    assert all((REPOSITORY / path).exists() for path in copied)


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["Containerfile", "Caddyfile"])
def test_the_address_that_is_asked_for_health_answers(name):
    text = (DEPLOY / name).read_text("utf-8")
    address = re.search(r"(/health/\S*?)['\s]", text).group(1)
    assert Client().get(address, headers={"host": "127.0.0.1:8000"}).content == b"ok\n"


@pytest.mark.parametrize("name", ["Caddyfile", "nginx.conf"])
def test_a_proxy_leads_to_the_port_mulin_listens_on_and_logs_no_address(name):
    text = (DEPLOY / name).read_text("utf-8")
    assert "127.0.0.1:8000" in text
    if name == "nginx.conf":
        formats = re.findall(r"^log_format.*$", text, re.MULTILINE)
        assert not any(word in "".join(formats) for word in ("$request ", "$uri", "$args", "addr"))
        assert text.count(
            "access_log /var/log/nginx/mulin.log mulin if=$mulin_logged;"
        ) == text.count("server {")
        assert "X-Forwarded-Proto https" in text
    else:
        assert "request>uri delete" in text
