"""What messages are about, in words: floors and rooms name their topics.

The part before the dot is the group: `demand.answered` is found under `demand` too.
"""

from collections.abc import Mapping

from django.utils.functional import Promise

from mulin.ground.notify.rules import topic_group

_names: dict[str, str | Promise] = {}


def name_topics(names: Mapping[str, str | Promise]) -> None:
    """Called once by an `apps.py`."""
    _names.update(names)


def topics() -> Mapping[str, str | Promise]:
    """Every topic that has a name."""
    return dict(_names)


def topic_name(topic: str) -> str | Promise:
    """Its name, or its group's, or the word itself."""
    return _names.get(topic) or _names.get(topic_group(topic)) or topic
