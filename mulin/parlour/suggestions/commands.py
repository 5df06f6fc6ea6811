"""`mulin opinions` and `mulin similar`: what the hall does with opinions and ideas, on files.

Exit codes: 0 done; 2 a file can't be read. No database is asked.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any, Final

from django.utils.translation import gettext as _

from mulin.kit.command_line import Commands

_NOT_READABLE: Final = 2
_SHOWN: Final = 60


def register(commands: Commands) -> None:
    """Add the commands of this room."""
    opinions = commands.add_parser(
        "opinions", help=_("groups and consensus of a conversation in Polis' export format")
    )
    opinions.add_argument("folder", type=Path, metavar="FOLDER")
    opinions.set_defaults(run=_opinions)
    similar = commands.add_parser(
        "similar", help=_("for each text its nearest five, by words and by meaning")
    )
    similar.add_argument(
        "file", type=Path, metavar="FILE", help=_("one text a line, or a JSON list of texts")
    )
    similar.add_argument("--json", action="store_true", help=_("for programs"))
    similar.set_defaults(run=_similar)


def _opinions(chosen: argparse.Namespace) -> int:
    from mulin.parlour.suggestions.rules import opinions, polis  # noqa: PLC0415  numpy is slow to load

    try:
        found = polis.conversation(
            comments=_text(chosen.folder / "comments.csv"),
            votes=_text_if_there(chosen.folder / "votes.csv"),
            matrix=_text_if_there(chosen.folder / "participants-votes.csv"),
        )
    except (OSError, UnicodeDecodeError, polis.NotReadable) as error:
        return _fail(_("%(folder)s can't be read: %(reason)s")
                     % {"folder": chosen.folder, "reason": error})  # fmt: skip
    drawn = opinions.opinion_map(found.table, found.rejected)
    print(json.dumps(_map_as_json(found, drawn), ensure_ascii=False, indent=1))
    return 0


# Any: a conversation and its map, whose module is loaded late; a JSON object.
def _map_as_json(found: Any, drawn: Any) -> dict[str, Any]:
    def statement(column: int) -> dict[str, Any]:  # Any: a JSON object
        number = found.statements[column]
        return {"statement": number, "text": found.texts.get(number, "")}

    return {
        "answer": "groups" if drawn.groups else "no real split",
        "why": str(drawn.doubt) if drawn.doubt else None,
        "silhouette": round(drawn.silhouette, 3),
        "stability": round(drawn.stability, 3),
        "agreement_of_halves": round(drawn.agreement, 3),
        "groups": [
            {
                "id": at,
                "members": [found.people[row] for row in group.members],
                "representative": [
                    statement(one.statement)
                    | {"agrees": one.agrees, "share": round(one.share, 3), "votes": one.votes}
                    for one in group.representative
                ],
            }
            for at, group in enumerate(drawn.groups)
        ],
        "ungrouped": [found.people[row] for row in drawn.ungrouped],
        "consensus": [
            statement(one.statement)
            | {
                "agrees": one.agrees, "value": round(one.value, 3),
                "shares": [round(share, 3) for share in one.shares],
            }
            for one in drawn.consensus
        ],
    }  # fmt: skip


def _similar(chosen: argparse.Namespace) -> int:
    from mulin.parlour.suggestions import meaning  # noqa: PLC0415  numpy is slow to load
    from mulin.parlour.suggestions.rules import nearness  # noqa: PLC0415  as above

    try:
        texts = _texts(_text(chosen.file), is_json=chosen.file.suffix == ".json")
    except (OSError, ValueError) as error:
        return _fail(
            _("%(file)s can't be read: %(reason)s") % {"file": chosen.file, "reason": error}
        )
    by_words = nearness.nearest_by_words(texts)
    embed = meaning.embedding()
    by_meaning = nearness.nearest_by_meaning(texts, embed) if embed else None
    missing = "" if embed else _("By meaning: not installed. make meaning adds it.")
    if chosen.json:
        told = {
            "texts": [
                {
                    "text": text,
                    "by_words": _near(by_words[at], texts),
                    "by_meaning": _near(by_meaning[at], texts) if by_meaning else None,
                }
                for at, text in enumerate(texts)
            ],
            "missing": missing or None,
        }
        print(json.dumps(told, ensure_ascii=False, indent=1))
        return 0
    for at, text in enumerate(texts):
        print(text[:_SHOWN])
        for label, found in ((_("words"), by_words), (_("meaning"), by_meaning)):
            for one in found[at] if found else ():
                print(f"  {label} {one.closeness:.2f}  {texts[one.at][:_SHOWN]}")
    if missing:
        print(missing)
    return 0


# Any: near texts, whose module is loaded late; JSON objects.
def _near(found: list[Any], texts: list[str]) -> list[dict[str, Any]]:
    return [{"at": one.at, "text": texts[one.at], "closeness": one.closeness} for one in found]


def _texts(content: str, *, is_json: bool) -> list[str]:
    """Raises ValueError for a JSON that is no list of texts."""
    if not is_json:
        return [line.strip() for line in content.splitlines() if line.strip()]
    listed = json.loads(content)
    if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
        raise ValueError(_("it is no list of texts"))
    return listed


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8-sig")


def _text_if_there(path: Path) -> str | None:
    return _text(path) if path.exists() else None


def _fail(why: str) -> int:
    print(why, file=sys.stderr)
    return _NOT_READABLE
