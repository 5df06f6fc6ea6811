"""What each room adds to the matrix: one module a room, found by itself.

- `LINES`: who opens its pages (`people.Line`), by the name in the URL conf;
- `fill(community, sides, *, head, desk, actors)`: makes the room's things for each side, within the
  community, and keeps them in `side.room`; may be missing;
- `KWARGS`: kind of thing → the arguments of the address of one side's thing;
- `CANARIES`: strings of its things and who may ever read them; may be missing;
- `NOTICES`: its public pages that offer words for the chat group; may be missing.
"""

from importlib import import_module
from pkgutil import iter_modules

ROOMS = tuple(import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__))
