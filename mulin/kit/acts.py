"""Between a form and an action: a refusal goes back beside the field it belongs to."""

from collections.abc import Callable
from typing import TypeVar

from django import forms

from mulin.kit.refusals import NotPermitted, Refused

Result = TypeVar("Result")


def attempt(form: forms.Form, act: Callable[[], Result]) -> Result | None:
    """Do the act; None when it was refused, and the form then shows why.

    NotPermitted goes on: a page that is not the actor's is not found.
    """
    try:
        return act()
    except NotPermitted:
        raise
    except Refused as refusal:
        field = refusal.field if refusal.field in form.fields else None
        form.add_error(field, str(refusal.message))
        return None
