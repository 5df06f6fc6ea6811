"""Between a form and an action: a refusal goes back beside the field it belongs to."""

import logging
from collections.abc import Callable
from typing import TypeVar

from django.db import OperationalError
from django.utils.translation import gettext as _

from mulin.kit.forms import ActForm
from mulin.kit.refusals import NotPermitted, Refused

logger = logging.getLogger(__name__)

Result = TypeVar("Result")


def attempt(form: ActForm, act: Callable[[], Result]) -> Result | None:
    """Do the act; None when it was refused, and the form then shows why.

    NotPermitted goes on: a page that is not the actor's is not found. A database that is locked
    or a disk that is full did nothing, and is said as such: what was typed stands in the form.
    """
    try:
        return act()
    except NotPermitted:
        raise
    except Refused as refusal:
        field = refusal.field if refusal.field in form.fields else None
        form.add_error(field, str(refusal.message))
        form.keep_what_was_sent()
        return None
    except OperationalError:
        logger.exception("an act could not be written")
        form.add_error(
            None,
            _("It could not be saved just now. Nothing you typed is lost: press the button again."),
        )
        form.keep_what_was_sent()
        return None


def why_not(form: ActForm) -> str:
    """Everything that is wrong with a form in one line, for a button that has no page of its own."""
    return " ".join(str(fault) for faults in form.errors.values() for fault in faults)
