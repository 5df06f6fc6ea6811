"""What is typed for the double five."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mulin.ground.community.rules import Actor
from mulin.ground.people.models import Person
from mulin.kit.channels import Channel
from mulin.kit.forms import ActForm, DayInput, PhoneField, PhotosField
from mulin.kit.paper.definition import Form
from mulin.kit.paper.typed import DefinedForm, Shown
from mulin.parlour.doublefive.actions.ideas import Public
from mulin.parlour.doublefive.models import (
    CONSTITUENCY_LABELS,
    Criterion,
    Idea,
    Kind,
    Moment,
    Picture,
    Project,
    Season,
)
from mulin.parlour.doublefive.queries import (
    BUILDING,
    PLACE,
    near_choices,
    partners_of,
    who_could_screen,
)
from mulin.parlour.doublefive.rules import APPEAL_DAYS, FIRST_CRITERIA, Says
from mulin.parlour.doublefive.sheets import NO, YES, asked_of, names_in, says_in, slot


class CriteriaForm(ActForm):
    """By what is screened, and the days."""

    collects_until = forms.DateField(
        label=_("Ideas are collected until"), widget=DayInput(),
        error_messages={"invalid": _("Write the day like 2026-11-20.")},
    )  # fmt: skip
    criteria = forms.CharField(
        label=_("Criteria, one in each line"), max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}), initial="\n".join(FIRST_CRITERIA),
        help_text=_("Everybody may read them. Once the screening has begun they stay as they are."),
    )  # fmt: skip
    appeal_days = forms.IntegerField(
        label=_("Days to appeal against a refusal"), min_value=1, max_value=30,
        initial=APPEAL_DAYS,
    )  # fmt: skip

    def clean_criteria(self) -> list[str]:
        """The lines that say something."""
        lines = [line.strip() for line in self.cleaned_data["criteria"].splitlines()]
        if any(len(line) > 120 for line in lines):  # noqa: PLR2004  as long as the column
            raise forms.ValidationError(_("A criterion has 120 characters at most."))
        return [line for line in lines if line]


class OpenForm(CriteriaForm):
    """A new year."""

    year = forms.IntegerField(label=_("Year"), min_value=2000, max_value=9999)
    field_order = ("year", "collects_until", "criteria", "appeal_days")


class ScreenersForm(ActForm):
    """Who screens."""

    accounts = forms.ModelMultipleChoiceField(
        label=_("Two at least"), queryset=None, widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Name two at least: one hears the appeal against the other.")},
    )  # fmt: skip

    def __init__(
        self, *args: Any, community_id: int, now: datetime, **kwargs: Any
    ) -> None:  # Any: Django's own form arguments
        super().__init__(*args, **kwargs)
        self.fields["accounts"].queryset = who_could_screen(community_id, now)
        self.fields["accounts"].label_from_instance = lambda account: account.display_name


class PublicForm(ActForm):
    """The words of an idea that everybody may read."""

    title = forms.CharField(
        label=_("What should be done?"), max_length=60,
        error_messages={"required": _("Say in a few words what should be done.")},
    )  # fmt: skip
    site = forms.CharField(label=_("Where?"), max_length=120, required=False)
    gains = forms.CharField(label=_("Who gains by it?"), max_length=200, required=False)
    cost_yuan = forms.DecimalField(
        label=_("What may it cost, in yuan?"), min_value=0, max_digits=12, decimal_places=2,
        required=False, widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )  # fmt: skip
    near = forms.ChoiceField(
        label=_("Near which house or place?"), required=False,
        help_text=_("It is drawn there on the map."),
    )  # fmt: skip
    kind = forms.ChoiceField(
        label=_("For which of the two fives?"), choices=Kind.choices, required=False,
        widget=forms.RadioSelect,
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: Django's own form arguments
        super().__init__(*args, **kwargs)
        self.fields["near"].choices = [("", "–"), *near_choices()]

    def public(self) -> Public:
        """The values as the actions take them."""
        values = self.cleaned_data
        what, _dash, number = values["near"].partition("-")
        return Public(
            title=values["title"], site=values["site"], gains=values["gains"],
            cost_yuan=values["cost_yuan"], kind=values.get("kind") or Kind.PROJECT,
            building_id=int(number) if what == BUILDING else None,
            place_id=int(number) if what == PLACE else None,
        )  # fmt: skip


class OfferForm(PublicForm):
    """A neighbour offers an idea: one line is enough."""

    words = forms.CharField(
        label=_("Why, and how?"), max_length=2000, required=False,
        widget=forms.Textarea(attrs={"rows": 4}), help_text=_("Only the desk reads this part."),
    )  # fmt: skip
    phone = PhoneField(
        label=_("Your phone number"), required=False,
        help_text=_("Only the desk sees it, to ask you or to tell you what became of it."),
    )  # fmt: skip
    photos = PhotosField(
        label=_("A photo of the spot"), most=3,
        help_text=_("Somebody looks at it before it is shown. Please show no faces."),
    )  # fmt: skip
    field_order = ("title", "site", "near", "photos", "gains", "words", "cost_yuan", "phone")

    def __init__(
        self, *args: Any, is_known: bool = False, **kwargs: Any
    ) -> None:  # Any: Django's own form arguments
        super().__init__(*args, **kwargs)
        self.fields["cost_yuan"].help_text = _("If you do not know, leave it empty.")
        del self.fields["kind"]  # the desk sorts them
        if is_known:
            del self.fields["phone"]


class PicturesForm(ActForm):
    """Which pictures of an idea stand on the list, and others."""

    shown = forms.MultipleChoiceField(
        label=_("Which may everybody see?"), required=False, widget=forms.CheckboxSelectMultiple
    )
    photos = PhotosField(label=_("Another photo"), most=3)

    def __init__(
        self, *args: Any, pictures: Sequence[Picture], **kwargs: Any
    ) -> None:  # Any: Django's own form arguments
        super().__init__(*args, **kwargs)
        self.fields["shown"].choices = [
            (str(one.pk), _("picture %(number)s") % {"number": number})
            for number, one in enumerate(pictures, start=1)
        ]
        if not pictures:
            del self.fields["shown"]

    def chosen(self) -> list[int]:
        """The ids of the chosen ones."""
        return [int(pk) for pk in self.cleaned_data.get("shown", ())]


# ── carrying out ─────────────────────────────────────────────────────────────────────────────


def _yuan(label: Any, **kwargs: Any) -> forms.DecimalField:  # Any: Django's own field options
    return forms.DecimalField(
        label=label, max_digits=12, decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        error_messages={
            "required": _("Write how much it is, in yuan."), "invalid": _("Write a number."),
        },
        **kwargs,
    )  # fmt: skip


def _day(label: Any, **kwargs: Any) -> forms.DateField:  # Any: Django's own field options
    return forms.DateField(
        label=label, widget=DayInput(),
        error_messages={
            "required": _("Choose a day."), "invalid": _("Write the day like 2026-11-20."),
        },
        **kwargs,
    )  # fmt: skip


def _words(label: Any, required: Any, *, most: int) -> forms.CharField:  # Any: Django's options
    return forms.CharField(
        label=label, max_length=most, widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": required},
    )  # fmt: skip


class OwnerForm(ActForm):
    """Whose it is."""

    owner = forms.ModelChoiceField(
        label=_("Who carries it out?"), queryset=None, empty_label=_("choose somebody"),
        error_messages={"required": _("Choose who carries it out.")},
    )  # fmt: skip

    def __init__(
        self, *args: Any, community_id: int, now: datetime, **kwargs: Any
    ) -> None:  # Any: Django's own form arguments
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = who_could_screen(community_id, now)
        self.fields["owner"].label_from_instance = lambda account: account.display_name


class BeginForm(OwnerForm):
    """A chosen idea becomes a project."""

    promise = _words(
        _("What will be there at the end of the year? Everybody reads it."),
        _("Say what will be there at the end of the year."), most=300,
    )  # fmt: skip
    budget_yuan = _yuan(_("Budget, in yuan"), min_value=0)


class MilestoneForm(ActForm):
    """A step with its last day."""

    what = forms.CharField(
        label=_("What will be done?"), max_length=120,
        error_messages={"required": _("Say what will be done by then.")},
    )  # fmt: skip
    due_on = _day(_("By which day?"))


class ReachForm(ActForm):
    """It is done, and this shows it."""

    words = forms.CharField(
        label=_("What shows it, in words"), max_length=300, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    photos = PhotosField(label=_("A photo"), most=4)


class PutOffForm(ActForm):
    """It takes longer."""

    due_on = _day(_("Until which day?"))
    reason = _words(
        _("Why does it take longer? Everybody reads this."),
        _("Say why it takes longer: everybody reads it."), most=300,
    )  # fmt: skip


class SpendForm(ActForm):
    """Money spent."""

    spent_on = _day(_("Spent on"))
    yuan = _yuan(_("How much, in yuan"))
    what = forms.CharField(
        label=_("For what?"), max_length=120,
        error_messages={"required": _("Say what it was for.")},
    )  # fmt: skip


class ProjectPicturesForm(ActForm):
    """How it was before, or is now."""

    moment = forms.ChoiceField(
        label=_("What does it show?"), widget=forms.RadioSelect,
        choices=[
            (Moment.BEFORE.value, _("how it was before")), (Moment.AFTER.value, _("how it is now")),
        ],
        error_messages={"required": _("Before or afterwards: choose one.")},
    )  # fmt: skip
    photos = PhotosField(label=_("Photos"), most=6)


class FinishForm(ActForm):
    """All is done."""

    outcome = _words(
        _("What is there now? It stands beside the promise."), _("Say what is there now."), most=500
    )


class CommentForm(ActForm):
    """What a reader says."""

    words = _words(
        _("What do you want to say to it?"), _("Write what you want to say."), most=500
    )  # fmt: skip


class AnswerForm(ActForm):
    """What is answered to it."""

    words = _words(_("The answer"), _("Write the answer."), most=500)


class HideForm(ActForm):
    """Why it is not shown."""

    why = forms.CharField(
        label=_("Why is it not shown?"), max_length=200,
        error_messages={"required": _("Give the reason.")},
    )  # fmt: skip


class SomebodyForm(ActForm):
    """For whom the desk writes something down."""

    person = forms.ModelChoiceField(
        label=_("Person"), queryset=Person.objects.none(), widget=forms.HiddenInput
    )

    def __init__(
        self, *args: Any, by: Actor, **kwargs: Any
    ) -> None:  # Any: Django's own form arguments
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = Person.objects.on_roll().visible_to(by)


# ── appraising ───────────────────────────────────────────────────────────────────────────────

_CANNOT_SAY = _("I cannot say")
_YES_NO = {YES: _("yes"), NO: _("no")}
_SEEN = {YES: _("seen with my own eyes"), NO: _("not seen")}
_STEP_LABELS = {
    "5": _("very satisfied"), "4": _("satisfied"), "3": _("so-so (satisfied or not)"),
    "2": _("dissatisfied"), "1": _("very dissatisfied"),
}  # fmt: skip


class OpenAppraisalForm(ActForm):
    """Until when people may answer."""

    last_day = _day(_("Last day to answer"))


class AppraiseForm(DefinedForm):
    """Three questions and free words for each project: what its sheet asks, too."""

    order = ()

    def __init__(
        self, *args: Any, projects: Sequence[Project], **kwargs: Any
    ) -> None:  # Any: Django's own form arguments
        self.projects = list(projects)
        super().__init__(*args, definition=asked_of(len(self.projects)), **kwargs)

    def shown(self, _definition: Form) -> dict[str, Shown]:
        """Faces of a page for the numbers that stand on paper; each field by its project."""
        found: dict[str, Shown] = {}
        for place, project in enumerate(self.projects, 1):
            done, seen, step, words = names_in(slot(place))
            of = self._names(project)
            found[of[0]] = Shown(done, _("Was it done?"), words=_YES_NO, empty=_CANNOT_SAY)
            found[of[1]] = Shown(seen, words=_SEEN, empty=_CANNOT_SAY)
            found[of[2]] = Shown(
                step, _("Are you satisfied with it?"), words=_STEP_LABELS, empty=_CANNOT_SAY
            )
            found[of[3]] = Shown(
                words, _("Anything else?"), hint=_("Please name nobody."), widget=forms.Textarea,
                attrs={"rows": 2},
            )  # fmt: skip
        return found

    @staticmethod
    def _names(project: Project) -> list[str]:
        return [f"{name}_{project.pk}" for name in ("done", "seen", "step", "words")]

    def asked(self) -> list[tuple[Project, list[forms.BoundField]]]:
        """The projects with their four fields."""
        return [(one, [self[name] for name in self._names(one)]) for one in self.projects]

    def answers(self) -> dict[int, Says]:
        """What was said, as the actions take it."""
        return {one.pk: says_in(self.cleaned_data, self._names(one)) for one in self.projects}


class AskForm(AppraiseForm):
    """What somebody said to us."""

    way = forms.ChoiceField(
        label=_("How did they say it?"), widget=forms.RadioSelect,
        choices=[
            (one.value, one.label) for one in (Channel.PHONE, Channel.DOOR, Channel.WALK_IN)
        ],
        error_messages={"required": _("Choose how they said it.")},
    )  # fmt: skip


class SheetForm(AppraiseForm):
    """A sheet out of the box."""

    constituency = forms.ChoiceField(
        label=_("Whose sheet is it? It stands on its head."), widget=forms.RadioSelect,
        choices=[(one.value, label) for one, label in CONSTITUENCY_LABELS.items()],
        error_messages={"required": _("Choose what stands on the head of the sheet.")},
    )  # fmt: skip


class PublishAppraisalForm(ActForm):
    """The end, with a word where sheets and box are unequal."""

    explanation = forms.CharField(
        label=_("Why are they unequal?"), max_length=300, required=False,
        help_text=_("Only if not as many sheets are typed as were put into the box."),
    )  # fmt: skip


class MergeForm(ActForm):
    """With which other idea this one may be one."""

    into = forms.ModelChoiceField(
        label=_("The same as"), queryset=None, empty_label=_("choose an idea"),
        error_messages={"required": _("Choose another idea of the same year.")},
    )  # fmt: skip

    def __init__(
        self, *args: Any, idea: Idea, **kwargs: Any
    ) -> None:  # Any: Django's own form arguments
        super().__init__(*args, **kwargs)
        self.fields["into"].queryset = partners_of(idea)


class RefuseForm(ActForm):
    """By which criterion, and why."""

    criterion = forms.ModelChoiceField(
        label=_("Which criterion does it not meet?"), queryset=None, widget=forms.RadioSelect,
        empty_label=None, error_messages={"required": _("Choose one of this year's criteria.")},
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Why? The author reads this."), max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say why: the author reads it.")},
    )  # fmt: skip

    def __init__(
        self, *args: Any, season: Season, **kwargs: Any
    ) -> None:  # Any: Django's own form arguments
        super().__init__(*args, **kwargs)
        self.fields["criterion"].queryset = Criterion.objects.filter(season=season)


class AppealForm(ActForm):
    """Why it should pass all the same."""

    words = forms.CharField(
        label=_("Why should it pass all the same?"), max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Say why it should pass all the same.")},
    )  # fmt: skip


class DecideForm(ActForm):
    """What another screener says to the appeal."""

    is_right = forms.TypedChoiceField(
        label=_("Your decision"), widget=forms.RadioSelect,
        choices=[("yes", _("The appeal is right: it passes")),
                 ("no", _("It stays refused, for good"))],
        coerce=lambda typed: typed == "yes",
        error_messages={"required": _("Choose one of the two.")},
    )  # fmt: skip
    answer = forms.CharField(
        label=_("Why? The author reads this."), max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say why: the author reads it.")},
    )  # fmt: skip
