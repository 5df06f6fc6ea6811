"""The script that opens an urn: any two of three shares, the posted urn or none, no map."""

import contextlib
import json
import subprocess
import sys
from itertools import combinations
from pathlib import Path

import pytest

from mulin.commons.ballots import opener
from mulin.commons.ballots.blindrsa import new_key, sign, verifies
from mulin.commons.ballots.client import Device
from mulin.commons.ballots.rules import urn_digest

pytestmark = pytest.mark.once
SECRET = 987654321
SCRIPT = Path(opener.__file__)


@pytest.fixture(scope="module")
def keys():
    return new_key(2048), new_key(2048)


@pytest.fixture(scope="module")
def urn(keys):
    """Three ballots and one envelope of rubbish."""
    envelope, ballot = keys
    sealed = []
    for choices in (["1"], ["2", "3"], []):
        device = Device(
            election="CODE", constituency="local", envelope_key=envelope.public.spki,
            ballot_key=ballot.public.spki, urn_key=opener.public_of(SECRET), choices=choices,
        )  # fmt: skip
        answers = tuple(
            sign(key, one) for key, one in ((envelope, device.envelope), (ballot, device.ballot))
        )
        sealed.append(device.finished(answers).sealed)
    sealed.append(opener.seal(opener.public_of(SECRET), "CODE", b"\0\x05rubbish"))
    return {
        "format": "mulin-urn-1", "election": "CODE", "count": 4, "digest": urn_digest(sealed),
        "urn_key": opener.public_of(SECRET), "keys": {"local": ballot.public.spki},
        "envelopes": sorted(sealed),
    }  # fmt: skip


def test_any_two_shares_give_the_key_and_one_does_not():
    shares = opener.split(SECRET)
    assert {opener.join(list(two)) for two in combinations(shares, 2)} == {SECRET}
    with pytest.raises(opener.Refusal):
        opener.join([shares[0], shares[0]])


def test_shares_of_two_keys_and_a_mistyped_one_are_refused():
    first, other = opener.split(SECRET), opener.split(SECRET + 1)
    other_digit = "1" if first[0][-12] == "0" else "0"
    with pytest.raises(opener.Refusal):
        opener.join([first[0][:-12] + other_digit + first[0][-11:], first[1]])
    # Two keys' shares join to some number that is no key, or to one that opens nothing.
    with contextlib.suppress(opener.Refusal):
        assert opener.join([first[0], other[1]]) != SECRET


def test_the_urn_comes_out_sorted_with_what_was_no_ballot_counted(urn, keys):
    result = opener.opened(urn, opener.split(SECRET)[:2], urn["digest"])
    chosen = sorted(json.loads(one["m"])["ch"] for one in result["ballots"])
    assert chosen == [[], ["1"], ["2", "3"]]
    assert result["unreadable"] == 1
    assert [one["m"] for one in result["ballots"]] == sorted(one["m"] for one in result["ballots"])
    for one in result["ballots"]:
        prepared = bytes.fromhex(one["p"]) + one["m"].encode()
        assert verifies(keys[1].public, prepared, opener.b64decode(one["s"]))
    assert not any(envelope in json.dumps(result) for envelope in urn["envelopes"])


def test_helios_server_170_a_part_of_the_urn_is_not_opened(urn):
    """benadida/helios-server#170: whoever holds the key opens one ballot alone."""
    shares = opener.split(SECRET)[:2]
    for part in (urn["envelopes"][:1], urn["envelopes"][1:], urn["envelopes"] * 2):
        with pytest.raises(opener.Refusal):
            opener.opened(urn | {"envelopes": part, "count": len(part)}, shares, urn["digest"])


def test_another_elections_envelope_does_not_open(urn):
    with pytest.raises(ValueError, match="another"):
        opener.unseal(SECRET, "OTHER", urn["envelopes"][0])


def test_the_script_stands_alone(tmp_path, urn):
    """Copied to a folder with nothing else, it makes a key, and its shares open what it seals."""
    (tmp_path / "opener.py").write_bytes(SCRIPT.read_bytes())

    def run(*arguments):
        done = subprocess.run(
            [sys.executable, "-I", "opener.py", *arguments],
            cwd=tmp_path, capture_output=True, text=True, check=False,
        )  # fmt: skip
        return done.returncode, done.stdout, done.stderr

    code, said, _wrong = run("new", "CODE")
    assert code == 0
    assert "票箱公钥" in said
    public = said.splitlines()[-1]
    one, two, three = [f"share-{number}-CODE.txt" for number in (1, 2, 3)]
    assert (tmp_path / one).stat().st_mode & 0o077 == 0
    test = {"election": "CODE", "envelope": opener.seal(public, "CODE", b"word")}
    (tmp_path / "test.json").write_text(json.dumps(test))
    assert run("try", "test.json", one, three)[1].strip() == "word"
    (tmp_path / "urn.json").write_text(json.dumps(urn))
    code, _said, wrong = run("open", "urn.json", two, three, "--digest", urn["digest"])
    assert (code, "another urn" in wrong, "别的票箱" in wrong) == (1, True, True)
