"""What is typed in the mediation room. None of its forms is kept as a draft: a draft lies elsewhere."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar, Final

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mulin.circle.mediation.actions.agreeing import Line, Terms
from mulin.circle.mediation.actions.intake import Told, Who
from mulin.circle.mediation.actions.sitting import Record
from mulin.circle.mediation.models import (
    CONFIRMATIONS,
    GROUNDS,
    KEPT,
    KINDS,
    METHODS,
    SIDES,
    SOURCES,
    STOPS,
    TERMS,
    Party,
)
from mulin.circle.mediation.queries import Present, courts, person_called
from mulin.circle.mediation.rules import Confirmation, Kept, Source
from mulin.circle.mediation.sheets import mediation_sheet, name_and_door
from mulin.ground.community.models import Account
from mulin.ground.people.models import Person
from mulin.kit.channels import Channel
from mulin.kit.clock import local_day, parse_day, parse_local
from mulin.kit.forms import ActForm, DayField, PhoneField, PhotosField
from mulin.kit.paper.typed import DefinedForm, Shown
from mulin.kit.sentences import labelled

_LINE: Final = re.compile(
    r"^(?P<day>\S+)[ \u3000]+(?:(?P<side>甲|乙)[:：, ，\u3000]*)?(?P<what>.+)$"
)
_SIDE_LETTERS: Final = {"甲": "a", "乙": "b"}
#: Letters of a name, and of a door.
_NAME: Final = 60
_CHANNELS: Final = (
    (Channel.WALK_IN, _("came to the desk")),
    (Channel.PHONE, _("by phone")),
    (Channel.DOOR, _("we were at their door")),
    (Channel.PAPER, _("on paper")),
)
#: What a quarrel can't do without, and what is said where it is empty.
_NEEDED: Final = {
    "facts": _("Say in a few words what it is about."),
    "name": _("Say who asks for mediation."),
}
#: Items of the dossier that are pictures.
ITEMS: Final = (
    (3, _("proof of identity")),
    (4, _("letter of authority")),
    (6, _("evidence")),
    (8, _("the signed agreement")),
    (9, _("proof of performance")),
    (11, _("papers of the court")),
)


def _area(
    label: Any, rows: int = 3, **more: Any
) -> forms.CharField:  # Any: words, Django's options
    more.setdefault("required", False)
    widget = forms.Textarea(attrs={"rows": rows, "autocomplete": "off"})
    return forms.CharField(label=label, max_length=4000, widget=widget, **more)


def _line(label: Any, most: int = 120, **more: Any) -> forms.CharField:  # Any: as above
    more.setdefault("required", False)
    widget = forms.TextInput(attrs={"autocomplete": "off"})
    return forms.CharField(label=label, max_length=most, widget=widget, **more)


def _one(label: Any, choices: Any, **more: Any) -> forms.ChoiceField:  # Any: as above
    return forms.ChoiceField(label=label, choices=choices, widget=forms.RadioSelect, **more)


def _day(form: ActForm, name: str) -> date:
    return local_day(form.cleaned_data[name])


class WhoForm(ActForm):
    """Somebody of one side."""

    side = _one(_("Which side?"), SIDES)
    name = _line(_("Name"), 60, required=True, error_messages={"required": _("Write the name.")})
    phone = PhoneField(label=_("Phone number"), required=False)
    address = _line(_("Where do they live?"), 60, help_text=_("Like 12幢1单元301."))
    home_town = _line(_("Home town"), 60)
    dialect = _line(_("Which dialect do they speak best?"), 20)
    sex = _line(_("Sex"), 4)
    nation = _line(_("Ethnic group"), 20)
    born = _line(_("Year of birth, or age"), 20)
    work = _line(_("Occupation"), 60)

    def who(self) -> Who:
        """The values."""
        return _who(self.cleaned_data, self.cleaned_data["side"])


_SHUT: Final = {"autocomplete": "off"}


class ReceiveForm(DefinedForm):
    """The questions that stop it, then both sides, then what it is about: what the sheet asks, in
    the words of whoever writes it down for somebody.
    """

    define = staticmethod(mediation_sheet)
    shows: ClassVar = {
        "stops": Shown(
            "stops", label=_("Ask first: is one of these so?"),
            hint=_("If so, tick it and send: what to do now is shown next. No name is kept then."),
        ),
        "kind": Shown("kind", label=_("Of which kind?")),
        "facts": Shown(
            "facts", label=_("What is it about, in their own words?"), attrs={"rows": 4, **_SHUT}
        ),
        "name": Shown("name", label=_("Who asks?"), attrs=_SHUT),
        "phone": Shown("phone", label=_("Phone number"), attrs=_SHUT),
        "other_name": Shown("other", label=_("With whom?"), attrs=_SHUT),
    }  # fmt: skip
    order = (
        "stops", "kind", "facts", "wishes", "name", "phone", "address", "home_town", "dialect",
        "other_name", "other_phone", "other_address", "other_home_town", "other_dialect", "source",
        "channel", "is_mine",
    )  # fmt: skip
    source = _one(
        _("Who brought it up?"), [one for one in SOURCES if one[0] != Source.HANDED],
        initial=Source.ORAL,
    )  # fmt: skip
    channel = _one(_("How did it reach us?"), _CHANNELS, initial=Channel.WALK_IN)
    address = _line(_("Building and room"), 60, help_text=_("Like 12幢1单元301."))
    home_town = _line(_("Home town"), 60)
    dialect = _line(_("Which dialect do they speak best?"), 20)
    other_phone = PhoneField(label=_("Phone number"), required=False)
    other_address = _line(_("Building and room"), 60)
    other_home_town = _line(_("Home town"), 60)
    other_dialect = _line(_("Which dialect do they speak best?"), 20)
    wishes = _area(_("What do they wish?"), 2)
    is_mine = forms.BooleanField(
        label=_("I can mediate this: nothing ties me to either side, and I keep silent about it"),
        required=False,
    )

    def __init__(
        self, *args: Any, is_mediator: bool = False, **kwargs: Any
    ) -> None:  # Any: Django's
        super().__init__(*args, **kwargs)
        if not is_mediator:
            del self.fields["is_mine"]
        # Where a question stops it nothing else need be said, and no name is kept.
        if not self["stops"].value():
            for name, words in _NEEDED.items():
                self.fields[name].required = True
                self.fields[name].error_messages["required"] = words

    def asking(self) -> list[forms.BoundField]:
        """What is asked of whoever asks."""
        return [self[name] for name in ("name", "phone", "address", "home_town", "dialect")]

    def other(self) -> list[forms.BoundField]:
        """What is asked of the other side."""
        return [one for one in self if one.name.startswith("other_")]

    def told(self) -> Told:
        """What it is about."""
        return Told(facts=self.cleaned_data["facts"], wishes=self.cleaned_data["wishes"])

    def parties(self) -> list[Who]:
        """Who asks, and the other side if its name is known."""
        values = self.cleaned_data
        other = {
            key.removeprefix("other_"): text
            for key, text in values.items()
            if key.startswith("other_")
        }
        # Written in one go, as on the sheet, the door stands behind the name.
        name, door = name_and_door(other["name"].strip())
        other |= {"name": name[:_NAME], "address": other["address"] or door[:_NAME]}
        both = ((values, "a"), (other, "b"))
        return [_who(one, side) for one, side in both if one["name"].strip()]


def _who(values: Any, side: str) -> Who:  # Any: cleaned data
    told = {
        key: str(values.get(key) or "").strip()
        for key in ("name", "phone", "address", "home_town", "dialect", "sex", "nation", "born", "work")
    }  # fmt: skip
    person = person_called(told["name"], told["phone"], told["address"])
    return Who(side=side, person=person, **told)


def _somebody(form: ActForm, values: dict[str, Any]) -> Person | None:  # Any: cleaned values
    """The one person on the roll who was typed; the message beside the name where there is none."""
    pk = person_called(
        values.get("name") or "", values.get("phone") or "", values.get("address") or ""
    )
    found: Person | None = Person.objects.filter(pk=pk).first() if pk else None
    if found is None and not form.errors:
        form.add_error("name", _("Nobody on the roll has this name with this number or door."))
    return found


class MediatorForm(ActForm):
    """Somebody new on the panel."""

    account = forms.ModelChoiceField(
        label=_("Whose account?"), queryset=Account.objects.none(), empty_label=_("Choose"),
        help_text=_("Not there? The head gives them the role of a mediator first."),
        error_messages={"required": _("Choose the account.")},
    )  # fmt: skip
    name = _line(_("Their name on the roll"), 60, required=True)
    phone = PhoneField(label=_("Phone number"), required=False)
    address = _line(_("Or their building and room"), 60)
    kinds = forms.MultipleChoiceField(
        label=_("What are they good at?"), choices=KINDS, required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    dialects = _line(_("Dialects they speak"), help_text=_("With spaces between."))
    card = _line(
        _("What should the parties know of them?"), 200,
        help_text=_("This stands on the public page: who they are, how long they live here."),
    )  # fmt: skip
    is_on_committee = forms.BooleanField(
        label=_("Elected into the mediation committee"), required=False
    )

    def __init__(self, *args: Any, accounts: Any = None, **kwargs: Any) -> None:  # Any: Django's
        super().__init__(*args, **kwargs)
        if accounts is not None:
            self.fields["account"].queryset = accounts

    def clean(self) -> dict[str, Any]:  # Any: Django's own signature
        values: dict[str, Any] = super().clean() or {}
        values["person"] = _somebody(self, values)
        return values


class AskForm(ActForm):
    """Which mediator is asked."""

    mediator = forms.ModelChoiceField(
        label=_("Whom do we ask?"), queryset=None, empty_label=_("Choose")
    )

    def __init__(self, *args: Any, mediators: Any = None, **kwargs: Any) -> None:  # Any: Django's
        super().__init__(*args, **kwargs)
        self.fields["mediator"].queryset = mediators


class AnswerForm(ActForm):
    """What a party says to a mediator."""

    seat = forms.TypedChoiceField(label=_("Which mediator?"), coerce=int)
    party = forms.TypedChoiceField(label=_("Which side?"), coerce=int)
    said = _one(
        _("What do they say?"), (("yes", _("yes, we trust them")), ("no", _("no, somebody else")))
    )
    channel = _one(_("How did it reach us?"), _CHANNELS, initial=Channel.PHONE)

    def __init__(
        self, *args: Any, seats: Sequence[Any] = (), parties: Sequence[Any] = (), **kwargs: Any
    ) -> None:  # Any: Django's, and rows
        super().__init__(*args, **kwargs)
        self.fields["seat"].choices = [(one.pk, str(one.mediator)) for one in seats]
        self.fields["party"].choices = list(parties)


class PartyForm(ActForm):
    """Willing or not, told of their rights, identity seen."""

    party = forms.TypedChoiceField(label=_("Who?"), coerce=int)
    willing = _one(
        _("Do they want mediation?"),
        (("yes", _("yes")), ("unknown", _("not asked yet")), ("no", _("no: the case ends"))),
    )  # fmt: skip
    told_rights_on = DayField(label=_("Told of their rights on"), required=False)
    identity_seen_on = DayField(label=_("Identity seen on"), required=False)

    def __init__(
        self, *args: Any, parties: Sequence[Present] = (), **kwargs: Any
    ) -> None:  # Any: Django's
        super().__init__(*args, **kwargs)
        self.fields["party"].choices = _choices(parties)

    def values(self) -> dict[str, Any]:  # Any: of several kinds
        """As the action takes them."""
        said = self.cleaned_data
        return {
            "is_willing": {"yes": True, "no": False}.get(said["willing"]),
            **{
                name: local_day(said[name]) if said[name] else None
                for name in ("told_rights_on", "identity_seen_on")
            },
        }


class PlanForm(ActForm):
    """The next sitting."""

    at = _line(
        _("When?"), 20, required=True, help_text=_("Like 2026-12-01 19:00."),
        error_messages={"required": _("Write day and time like 2026-12-01 19:00.")},
    )  # fmt: skip
    place = _line(_("Where?"), 60)
    told = _line(
        _("How was each side told?"), help_text=_("For example: both rung up, sheet given.")
    )
    is_open = forms.BooleanField(
        label=_("Both sides want others to be able to listen"), required=False
    )

    def clean_at(self) -> Any:  # Any: Django's own signature
        try:
            return parse_local(self.cleaned_data["at"])
        except ValueError:
            raise forms.ValidationError(_("Write day and time like 2026-12-01 19:00.")) from None


class HoldForm(ActForm):
    """The record of a sitting."""

    sitting = forms.TypedChoiceField(label=_("Which sitting?"), coerce=int)
    present = forms.TypedMultipleChoiceField(
        label=_("Who was there?"), coerce=int, widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Say which parties were there.")},
    )  # fmt: skip
    facts = _area(_("What happened, as both tell it?"))
    points = _area(_("About what do they differ?"))
    result = _area(
        _("What came of it?"), required=True, error_messages={"required": _("Say what came of it.")}
    )
    method = _one(_("Which of the three ways was used?"), METHODS)
    helped = _area(_("What helped? (for us alone, not for the record)"), 2)
    invited = _line(_("Who else took part?"))
    invited_agreed = forms.BooleanField(
        label=_("Both sides agreed that they take part"), required=False
    )
    interpreter = _line(_("Who translated a dialect?"), 60)
    dialect = _line(_("Which dialect?"), 20)

    def __init__(
        self,
        *args: Any,
        sittings: Sequence[Any] = (),
        parties: Sequence[Present] = (),
        **kwargs: Any,
    ) -> None:  # Any: Django's, and rows
        super().__init__(*args, **kwargs)
        self.fields["sitting"].choices = [(one.pk, f"{one.at:%Y-%m-%d %H:%M}") for one in sittings]
        self.fields["present"].choices = _choices(parties)

    def record(self) -> Record:
        """The values."""
        names = ("facts", "points", "result", "helped", "invited", "interpreter", "dialect")
        said = {name: self.cleaned_data[name].strip() for name in names}
        return Record(present=tuple(self.cleaned_data["present"]), **said)


class TalkForm(ActForm):
    """What one side said alone."""

    party = forms.TypedChoiceField(label=_("With whom?"), coerce=int)
    words = _area(
        _("What was said?"), required=True, error_messages={"required": _("Write what was said.")},
        help_text=_("Stands on no paper; the other side never reads it."),
    )  # fmt: skip

    def __init__(
        self, *args: Any, parties: Sequence[Present] = (), **kwargs: Any
    ) -> None:  # Any: Django's
        super().__init__(*args, **kwargs)
        self.fields["party"].choices = _choices(parties)


class ExhibitForm(ActForm):
    """Pictures for the dossier."""

    item = forms.TypedChoiceField(label=_("What is it?"), coerce=int, choices=ITEMS)
    photos = PhotosField(label=_("Pictures"), most=6)

    def full_clean(self) -> None:
        """Past the photos that other forms keep for a second try: those would lie there unsealed."""
        forms.Form.full_clean(self)

    def keep_what_was_sent(self) -> None:
        """As above: nothing is kept outside the case."""


class AgreeForm(ActForm):
    """What was agreed, and the plan."""

    written = _one(
        _("In which form?"),
        (("written", _("in writing")), ("oral", _("by word of mouth: this record is enough"))),
    )  # fmt: skip
    facts = _area(
        _("The main facts"), required=True, error_messages={"required": _("Write the main facts.")}
    )
    points = _area(_("What they differed about"))
    duties = _area(_("Who answers for what"))
    terms = _area(
        _("What was agreed: what, how, until when"), required=True,
        error_messages={"required": _("Say what was agreed: who does what, how, until when.")},
    )  # fmt: skip
    plan = _area(
        _("The plan, a line each"),
        help_text=_("Day, side (甲 asked, 乙 is the other), what: 2026-12-20 甲 pays 500 yuan. Empty if all was done on the spot."),
    )  # fmt: skip

    def clean_plan(self) -> list[Line]:
        """Each line as a promise; the message names the line that is not one."""
        lines = []
        for typed in self.cleaned_data["plan"].splitlines():
            if not typed.strip():
                continue
            found = _LINE.match(typed.strip())
            try:
                due = parse_day(found["day"]) if found else None
            except ValueError:
                due = None
            if found is None or due is None:
                raise forms.ValidationError(
                    _("Write this line as day, side, what: %(line)s"),
                    params={"line": typed.strip()},
                )
            lines.append(
                Line(due, found["what"].strip(), _SIDE_LETTERS.get(found["side"] or "", ""))
            )
        return lines

    def terms_said(self) -> Terms:
        """The values."""
        said = self.cleaned_data
        return Terms(
            facts=said["facts"], points=said["points"], duties=said["duties"], terms=said["terms"]
        )


class SignForm(ActForm):
    """Whose signature is on it since when."""

    who = forms.ChoiceField(label=_("Who signed?"))
    on = DayField(label=_("On which day?"))

    def __init__(
        self, *args: Any, parties: Sequence[Present] = (), **kwargs: Any
    ) -> None:  # Any: Django's
        super().__init__(*args, **kwargs)
        self.fields["who"].choices = [
            *_choices(parties), ("mediator", _("the mediator")), ("seal", _("the committee's seal")),
        ]  # fmt: skip

    def day(self) -> date:
        return _day(self, "on")


class CourtForm(ActForm):
    """Both sides asked a court: one of the list, or another by its name."""

    known = forms.ModelChoiceField(
        label=_("Which court?"), queryset=None, required=False, empty_label=_("another court"),
    )  # fmt: skip
    ground = forms.ChoiceField(
        label=_("Another court: why this one?"), choices=[("", "—"), *GROUNDS], required=False
    )
    court = _line(_("Another court: its name"), 60)
    on = DayField(label=_("Asked on"))
    both = forms.BooleanField(
        label=_("Both sides asked together"),
        error_messages={"required": _("One side alone cannot ask.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: Django's
        super().__init__(*args, **kwargs)
        self.fields["known"].queryset = courts()

    def clean(self) -> dict[str, Any]:  # Any: Django's own signature
        values: dict[str, Any] = super().clean() or {}
        if known := values.get("known"):
            values["ground"], values["court"] = known.ground, known.name
            return values
        if not values.get("court"):
            self.add_error("court", _("Write the court's name."))
        if not values.get("ground"):
            self.add_error("ground", _("Say by which ground this court may be asked."))
        return values

    def day(self) -> date:
        return _day(self, "on")


class TermForm(ActForm):
    """A committee was elected."""

    since = DayField(label=_("Elected on"))
    elected_by = _line(_("By whom?"), 80, help_text=_("For example: the assembly of residents."))

    def day(self) -> date:
        return _day(self, "since")


class MemberForm(ActForm):
    """Somebody was elected into the committee."""

    name = _line(_("Their name on the roll"), 60, required=True)
    phone = PhoneField(label=_("Phone number"), required=False)
    address = _line(_("Or their building and room"), 60)
    is_chair = forms.BooleanField(label=_("Chairs the committee"), required=False)

    def clean(self) -> dict[str, Any]:  # Any: Django's own signature
        values: dict[str, Any] = super().clean() or {}
        values["person"] = _somebody(self, values)
        return values


class ListedCourtForm(ActForm):
    """A court for the list."""

    court = _line(
        _("Its name"), 60, required=True, error_messages={"required": _("Write the court's name.")}
    )
    ground = _one(_("Why may it be asked?"), GROUNDS)
    where = _line(_("Address"), 80)
    phone = _line(_("Phone number"), 30)


class RuleForm(ActForm):
    """What came of the confirmation."""

    result = _one(
        _("What came of it?"),
        [one for one in CONFIRMATIONS if one[0] not in {Confirmation.NONE, Confirmation.ASKED}],
    )
    on = DayField(label=_("On which day?"))

    def day(self) -> date:
        return _day(self, "on")


class SettleForm(ActForm):
    """What became of a promise."""

    promise = forms.TypedChoiceField(label=_("Which promise?"), coerce=int)
    result = _one(_("What became of it?"), [one for one in KEPT if one[0] != Kept.PARTLY])
    on = DayField(label=_("On which day?"))

    def __init__(
        self, *args: Any, promises: Sequence[Any] = (), **kwargs: Any
    ) -> None:  # Any: Django's
        super().__init__(*args, **kwargs)
        self.fields["promise"].choices = list(promises)

    def day(self) -> date:
        return _day(self, "on")


class VisitForm(ActForm):
    """How it stands, asked afterwards."""

    satisfaction = forms.TypedChoiceField(
        label=_("How satisfied are they?"), coerce=int, widget=forms.RadioSelect,
        choices=((5, _("very good")), (4, _("good")), (3, _("so-so")), (2, _("poor")), (1, _("bad"))),
    )  # fmt: skip
    words = _area(_("How does it stand?"))
    risk = _line(_("Is something brewing again?"))


class StopForm(ActForm):
    """Something that stops it came up."""

    stops = forms.MultipleChoiceField(
        label=_("What stops it?"), choices=STOPS, widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Say what stops it.")},
    )  # fmt: skip


class EndForm(ActForm):
    """No agreement."""

    outcome = _one(
        _("How does it end?"),
        (("failed", _("no agreement")), ("withdrawn", pgettext_lazy("application", "taken back"))),
    )


class CloseForm(ActForm):
    """How long the dossier is kept."""

    term = _one(_("How long is the dossier kept?"), TERMS, initial="short")


class PrecedentForm(ActForm):
    """What colleagues may learn."""

    method = _one(_("What worked?"), METHODS)
    words = _area(
        _("What may colleagues learn from it?"), 4, required=True,
        help_text=_("No name, no door, no number: take out whatever tells who it was."),
        error_messages={"required": _("Write what may be learnt.")},
    )  # fmt: skip


class OpeningForm(ActForm):
    """Which seal should be broken, and why."""

    number = _line(
        _("Number of the case"), 20, required=True,
        error_messages={"required": _("Write the number of the case.")},
    )  # fmt: skip
    reason = _area(
        _("Why must it be opened?"), 2, required=True,
        help_text=_("It stands on a list that nobody can hide. Name nobody."),
        error_messages={"required": _("Write the reason: it stands on a list that nobody can hide.")},
    )  # fmt: skip


class DecideForm(ActForm):
    """The second person."""

    opening = forms.IntegerField(widget=forms.HiddenInput)
    said = forms.ChoiceField(choices=(("yes", _("Open it")), ("no", _("Leave it shut"))))


def _choices(parties: Sequence[Present]) -> list[tuple[int, str]]:
    return [(one.row.pk, labelled(one.row.get_side_display(), one.name)) for one in parties]


def nameless_choices(parties: Sequence[Party]) -> list[tuple[int, str]]:
    """Sides by number, for whoever may not read who they are."""
    return [(one.pk, f"{one.get_side_display()} {place}") for place, one in enumerate(parties, 1)]


def promise_choices(rows: Sequence[Any]) -> list[tuple[int, str]]:  # Any: (promise, party, said)
    """Open promises."""
    return [
        (row.pk, f"{row.due_on} {said['what']}") for row, _party, said in rows if not row.result
    ]
