"""Answer templates: the community's own words, changed by the head. None ever sends itself."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from mulin.commons.flow.models import Category
from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor
from mulin.kit.refusals import NotPermitted, Refused
from mulin.parlour.reception.models import AnswerTemplate
from mulin.parlour.reception.permissions import may
from mulin.parlour.reception.rules import unknown_placeholders


def keep_template(
    template: AnswerTemplate | None, *, by: Actor, name: str, words: str,
    category: Category | None, now: datetime, token: str | None = None,
) -> AnswerTemplate:  # fmt: skip
    """Write a template, or change one. Raises Refused for a name that is taken and for braces
    that nothing fills.
    """
    _may_change(by)
    name, words = " ".join(name.split()), words.strip()
    if unknown := unknown_placeholders(words):
        raise Refused(
            _("Nothing can be filled in for {%(name)s}. See the list below the field."),
            {"name": unknown[0]},
            field="words",
        )
    with recording(by, "reception.keep_template", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(AnswerTemplate)
        named = AnswerTemplate.objects.filter(name=name, withdrawn_at__isnull=True)
        if named.exclude(pk=template.pk if template else 0).exists():
            raise Refused(_("There is a template of this name already."), field="name")
        before = {"name": template.name, "words": template.words} if template else {}
        kept = template or AnswerTemplate(community_id=by.community_id)
        kept.name, kept.words, kept.category = name, words, category
        kept.save()
        act.on(kept, before=before, after={"name": name, "words": words})
    return kept


def withdraw_template(
    template: AnswerTemplate, *, by: Actor, now: datetime, token: str | None = None
) -> AnswerTemplate:
    """Take a template off the list. Answers that were written with it stay as they are."""
    _may_change(by)
    with recording(by, "reception.withdraw_template", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(AnswerTemplate)
        template.withdrawn_at = template.withdrawn_at or now
        template.save(update_fields=["withdrawn_at"])
        act.on(template, after={"withdrawn": True})
    return template


def _may_change(by: Actor) -> None:
    if not may(by, "change_templates"):
        raise NotPermitted(_("Only the head of the community changes templates."))
