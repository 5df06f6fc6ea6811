"""How a room adds its own words to the command line.

A room's `commands.py` has `register(commands)`, which names each command in full:

    def register(commands: Commands) -> None:
        parser = commands.add_parser("import demands", help="…")
        parser.add_argument("file")
        parser.set_defaults(run=import_demands)   # called with the parsed arguments

Several rooms may share a first word; the group is made when first needed.
"""

import argparse
from typing import Any


class Commands:
    """The commands of `mulin`, those of one word and those in groups."""

    def __init__(self, parser: argparse.ArgumentParser, depth: int = 0) -> None:
        self._subparsers: argparse._SubParsersAction[argparse.ArgumentParser] = (
            parser.add_subparsers(dest=f"command_{depth}", required=True, metavar="COMMAND")
        )
        self._depth = depth
        self._groups: dict[str, Commands] = {}
        self._taken: set[str] = set()

    # Any: argparse's own options for a parser.
    def add_parser(self, name: str, **options: Any) -> argparse.ArgumentParser:
        """Add the command of this name, given in full: "import demands".

        Raises ValueError if another room has taken it.
        """
        if name in self._taken:
            raise ValueError(f"the command is taken already: {name}")
        self._taken.add(name)
        first, _, rest = name.partition(" ")
        if not rest:
            return self._subparsers.add_parser(first, **options)
        if first not in self._groups:
            group = self._subparsers.add_parser(first, help=f"{first} …")
            self._groups[first] = Commands(group, self._depth + 1)
        return self._groups[first].add_parser(rest, **options)
