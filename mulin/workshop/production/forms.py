"""What is typed at the workshop's counter, on a worker's phone and at a door."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any, ClassVar

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mulin.ground.community.models import Account
from mulin.ground.people.forms import OrganisationField
from mulin.kit.clock import last_day_of, local_day
from mulin.kit.forms import ActForm, DayField, HappenedField, PhotosField
from mulin.kit.paper.typed import DefinedForm, Shown
from mulin.workshop.production.actions.carrying import Trip
from mulin.workshop.production.actions.deposits import Sum
from mulin.workshop.production.actions.lots import Verdict
from mulin.workshop.production.actions.orders import Terms
from mulin.workshop.production.models import (
    CAUSE_LABELS,
    SPOT_LABELS,
    Item,
    Operation,
    Order,
    SaleNotice,
    Skill,
    Worker,
)
from mulin.workshop.production.rules import FAULT_CAUSES, HELD, LOSS_CAUSES, NOTHING, Cause, Spot
from mulin.workshop.production.sheets import hands_sheet, offer_slip, round_sheet

_PIECES = _("Write how many pieces: a whole number above nothing.")
_AREA = forms.Textarea(attrs={"rows": 3})


def _pieces(label: Any, **more: Any) -> forms.IntegerField:  # Any: words, and Django's options
    return forms.IntegerField(
        label=label, min_value=more.pop("min_value", 1), max_value=9_999_999,
        error_messages={"required": _PIECES, "invalid": _PIECES, "min_value": _PIECES},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": "9"}), **more,
    )  # fmt: skip


def _yuan(label: Any, places: int = 4, **more: Any) -> forms.DecimalField:  # Any: as above
    return forms.DecimalField(
        label=label, min_value=0, max_digits=12, decimal_places=places,
        error_messages={
            "invalid": _("Write an amount like 0.0275."),
            "max_decimal_places": _("At most %(max)s places behind the point."),
        },
        widget=forms.TextInput(attrs={"inputmode": "decimal", "size": "9"}), **more,
    )  # fmt: skip


class OrderForm(ActForm):
    """What was agreed with a customer."""

    customer = OrganisationField(
        label=_("Customer"), empty_label=_("Choose an organisation"),
        help_text=_("Not there? Put it on the list of organisations first."),
        error_messages={"required": _("Choose whose order it is.")},
    )  # fmt: skip
    product = forms.CharField(
        label=_("What is to be made?"), max_length=80,
        error_messages={"required": _("Say what is to be made.")},
    )  # fmt: skip
    operation = forms.ModelChoiceField(
        label=_("Operation"), queryset=Operation.objects.none(), empty_label=_("Choose the work"),
        error_messages={"required": _("Choose the work.")},
    )  # fmt: skip
    quantity = _pieces(_("Pieces"))
    due = DayField(label=_("Due on"))
    price = _yuan(_("Price of a piece, in yuan"))
    transport = _yuan(_("Transport of a piece, in yuan"), required=False)
    loss_percent = forms.DecimalField(
        label=_("Loss reckoned with, in percent"), min_value=0, max_value=99, max_digits=5,
        decimal_places=2, required=False, widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )  # fmt: skip
    least_quality = forms.IntegerField(
        label=_("Only for hands with so many percent right the first time"), min_value=0,
        max_value=100, required=False, help_text=_("Leave it empty where everybody may do it."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": "4"}),
    )  # fmt: skip
    material_yuan = _yuan(
        _("What the parts of a piece are worth, in yuan"), required=False,
        help_text=_("For a loss that somebody bears."),
    )  # fmt: skip
    deposit = _yuan(
        _("Deposit agreed, in yuan"), 2, required=False,
        help_text=_("When the money comes, it is written down at the order."),
    )  # fmt: skip
    sample_place = forms.CharField(
        label=_("Where is the sample piece?"), max_length=80, required=False
    )
    specification = forms.CharField(
        label=_("How it should be"), max_length=2000, required=False, widget=_AREA
    )
    pictures = PhotosField(label=_("Pictures of the sample"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: Django's own form arguments
        super().__init__(*args, **kwargs)
        self.fields["operation"].queryset = Operation.objects.all()

    def terms(self) -> Terms:
        """What was typed, as values."""
        values = self.cleaned_data
        return Terms(
            customer=values["customer"], product=values["product"], operation=values["operation"],
            quantity=values["quantity"], due=local_day(values["due"]), price=values["price"],
            transport=values["transport"] or NOTHING,
            loss_percent=values["loss_percent"] or NOTHING,
            material_yuan=values["material_yuan"] or NOTHING,
            deposit=values["deposit"] or NOTHING, specification=values["specification"],
            sample_place=values["sample_place"], least_quality=values["least_quality"] or 0,
        )  # fmt: skip


class BringForm(ActForm):
    """What the customer brought, counted."""

    item = forms.ModelChoiceField(label=_("What"), queryset=Item.objects.none(), empty_label=None)
    quantity = forms.DecimalField(
        label=_("How much"), max_digits=14, decimal_places=3,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "size": "9"}),
        error_messages={"required": _("Write how much it is.")},
    )  # fmt: skip
    note = forms.CharField(label=_("Delivery note"), max_length=200, required=False)

    def __init__(self, *args: Any, order: Order, **kwargs: Any) -> None:  # Any: as above
        super().__init__(*args, **kwargs)
        self.fields["item"].queryset = Item.objects.filter(order=order)


class ItemForm(ActForm):
    """Something else that comes with the order."""

    name = forms.CharField(label=_("What is it?"), max_length=60)
    unit = forms.CharField(
        label=_("Counted in"), max_length=10, help_text=_("Metres, cones, kilos.")
    )


class SplitForm(ActForm):
    """Pieces of the order into lots."""

    quantity = _pieces(_("Pieces"))
    size = _pieces(_("Pieces of a lot, about"))


class QuantityForm(ActForm):
    """So many pieces."""

    quantity = _pieces(_("Pieces"))


class DeliverForm(QuantityForm):
    """Accepted pieces leave for the customer."""

    note = forms.CharField(label=_("Delivery note"), max_length=200, required=False)


class DepositForm(ActForm):
    """Money of a deposit."""

    amount = _yuan(_("Yuan"), 2)
    day = DayField(label=_("Day"), required=False, help_text=_("Left empty, it was today."))
    words = forms.CharField(
        label=_("Note"), max_length=200, required=False,
        help_text=_("The number of the receipt or the transfer."),
    )  # fmt: skip

    def what(self) -> Sum:
        """What was typed, as values."""
        values = self.cleaned_data
        day = local_day(values["day"]) if values["day"] else None
        return Sum(values["amount"], day, values["words"])


class ReasonForm(ActForm):
    """Why."""

    reason = forms.CharField(
        label=_("Why?"), max_length=200, error_messages={"required": _("Say why.")}
    )


class WorkerField(forms.CharField):
    """A worker by name, by the initials of the name, or by number: a list of hundreds on every
    form would be slower to draw than to type into. Gives the worker.
    """

    def __init__(self, **kwargs: Any) -> None:  # Any: Django's own field options
        kwargs.setdefault("label", _("Workshop worker"))
        kwargs.setdefault("help_text", _("The name, or its initials."))
        kwargs.setdefault("error_messages", {"required": _("Say which worker.")})
        super().__init__(max_length=60, **kwargs)

    def clean(self, value: Any) -> Worker | None:  # Any: Django's own signature
        typed = super().clean(value)
        if not typed:
            return None
        active = Worker.objects.active().select_related("person")
        is_number = typed.isascii() and typed.isdigit() and len(typed) < 19  # noqa: PLR2004  a 63-bit id
        named = Q(person__name=typed) | Q(person__initials=typed.lower())
        found = list(active.filter(Q(pk=int(typed)) if is_number else named)[:2])
        if not found:
            raise forms.ValidationError(_("No worker is called so."))
        if len(found) > 1:
            raise forms.ValidationError(
                _(
                    "Several workers are called so. Open her page and type the number in its address."
                )
            )
        worker: Worker = found[0]
        return worker


class _ForWorker(ActForm):
    """Something about a lot and a worker."""

    worker = WorkerField()


class IssueForm(_ForWorker, DefinedForm):
    """Pieces are given to a worker: one line of the sheet of the workshop's door."""

    define = staticmethod(hands_sheet)
    shows: ClassVar = {"quantity": Shown("line1_pieces", label=_("Pieces"), missing=_PIECES)}
    order = ("worker", "quantity")
    by_tricycle = forms.BooleanField(label=_("the tricycle brings them"), required=False)


class GiveBackForm(_ForWorker, DefinedForm):
    """Finished pieces, counted: another line of that sheet."""

    define = staticmethod(hands_sheet)
    shows: ClassVar = {
        "counted": Shown("line1_pieces", label=_("Pieces, counted"), missing=_PIECES)
    }
    order = ("worker", "counted")
    is_agreed = forms.BooleanField(
        label=_("she counted too and signed the slip"), required=False,
        help_text=_("Otherwise she is asked on her page before anything is judged."),
    )  # fmt: skip
    happened = HappenedField()


class ReturnForm(_ForWorker):
    """Pieces that come back as they went."""

    quantity = _pieces(_("Pieces"))
    note = forms.CharField(label=_("Why?"), max_length=200, required=False)


class HandOnForm(_ForWorker):
    """Another worker has them now."""

    taker = WorkerField(label=_("Who has them now?"))
    quantity = _pieces(_("Pieces"))


class LoseForm(_ForWorker):
    """Pieces that are gone, why, and so who bears it."""

    worker = WorkerField(required=False)
    spot = forms.TypedChoiceField(
        label=_("Where were they?"), coerce=Spot,
        choices=[(one.value, SPOT_LABELS[one]) for one in Spot if one in HELD | {Spot.STORE}],
    )  # fmt: skip
    quantity = _pieces(_("Pieces"))
    cause = forms.TypedChoiceField(
        label=_("How were they lost?"), coerce=Cause,
        choices=[(one.value, CAUSE_LABELS[one]) for one in LOSS_CAUSES],
        help_text=_(
            "Fewer handed out, lost on the way, fire or reported theft: the workshop bears it."
            " Careless keeping: the worker does, at most a fifth of a month."
        ),
    )  # fmt: skip
    note = forms.CharField(label=_("What happened?"), max_length=200)


class FindForm(_ForWorker):
    """More came out than was given."""

    quantity = _pieces(_("Pieces"))
    note = forms.CharField(label=_("Where do they come from?"), max_length=200)


class MergeForm(ActForm):
    """Another lot of the order is put to this one."""

    other = _pieces(
        _("Number of the other lot"), help_text=_("What stands behind the last dash on its label.")
    )


class SampleForm(ActForm):
    """What was seen of a sample."""

    looked = _pieces(_("Looked at"))
    wrong = _pieces(_("Wrong among them"), min_value=0)


class SamplingForm(ActForm):
    """How many are looked at."""

    pieces = _pieces(_("From so many pieces on"))
    sample = _pieces(_("so many are looked at"))
    accept = _pieces(_("and so many of them may be wrong"), min_value=0)
    since = DayField(label=_("From"))
    source = forms.CharField(
        label=_("By whose word?"), max_length=200,
        help_text=_("For instance a table of GB/T 2828.1, or what was agreed with the customer. Rows of one day are one table."),
        error_messages={"required": _("Say who decided it.")},
    )  # fmt: skip


class HomeForm(ActForm):
    """When somebody opens for the tricycle."""

    home_from = forms.TimeField(
        label=_("Somebody opens from"), required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )  # fmt: skip
    home_until = forms.TimeField(
        label=_("until"), required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )  # fmt: skip


class AskForm(ActForm):
    """A question about a lot."""

    words = forms.CharField(
        label=_("What would you like to know?"), max_length=400,
        error_messages={"required": _("Write what you would like to know.")},
    )  # fmt: skip


class OwnHoursForm(ActForm):
    """How long it took, for oneself."""

    day = DayField(label=_("Day"))
    minutes = forms.IntegerField(
        label=_("Minutes you were at it"), min_value=1, max_value=24 * 60,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": "5"}),
        error_messages={"required": _("Write how many minutes.")},
    )  # fmt: skip


class AgainForm(_ForWorker):
    """Pieces go out again to be made good."""

    quantity = _pieces(_("Pieces"))


class JudgeForm(ActForm):
    """What came of counted pieces."""

    accepted = _pieces(_("Accepted"), min_value=0, initial=0)
    rework = _pieces(_("To be done again"), min_value=0, initial=0)
    scrap = _pieces(_("Scrap"), min_value=0, initial=0)
    cause = forms.TypedChoiceField(
        label=_("Why not accepted?"), coerce=Cause, required=False, empty_value=Cause.NONE,
        choices=[("", _("all are accepted")), *((one.value, CAUSE_LABELS[one]) for one in FAULT_CAUSES)],
        help_text=_(
            "A fault in the material, or a change by the customer, is paid in full. A fault of the"
            " hand is made good without pay."
        ),
    )  # fmt: skip
    note = forms.CharField(label=_("Note"), max_length=200, required=False)
    photo = PhotosField(label=_("A photo of what is wrong"), most=1)

    def verdict(self) -> Verdict:
        """What was typed, as values."""
        values = self.cleaned_data
        return Verdict(
            accepted=values["accepted"], rework=values["rework"], scrap=values["scrap"],
            cause=Cause(values["cause"]), note=values["note"],
        )  # fmt: skip


class ScanForm(ActForm):
    """The code on a label, scanned or typed."""

    code = forms.CharField(
        label=_("Code on the label"), max_length=200,
        error_messages={"required": _("Scan the label, or type its eight letters.")},
    )  # fmt: skip


class OperationForm(ActForm):
    """A kind of work."""

    name = forms.CharField(label=_("Operation"), max_length=60)
    seconds = forms.IntegerField(
        label=_("Seconds a piece takes"), min_value=1, max_value=360_000,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )  # fmt: skip
    skill = forms.CharField(
        label=_("Skill it needs"), max_length=40, required=False,
        help_text=_("Leave it empty where everybody can do it."),
    )  # fmt: skip
    instructions = forms.CharField(
        label=_("How it is done"), max_length=2000, required=False, widget=_AREA
    )


class RateForm(ActForm):
    """What a piece earns from a day on."""

    operation = forms.ModelChoiceField(
        label=_("Operation"), queryset=Operation.objects.none(), empty_label=None
    )
    yuan = _yuan(_("Yuan a piece"))
    since = DayField(label=_("From"))
    source = forms.CharField(
        label=_("By whose word?"), max_length=200,
        help_text=_("A rule, a decision, a meeting: it stands beside the number."),
        error_messages={"required": _("Say who decided it.")},
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: as above
        super().__init__(*args, **kwargs)
        self.fields["operation"].queryset = Operation.objects.all()


class TakeOnForm(ActForm):
    """Somebody who wants to work here."""

    who = forms.CharField(
        label=_("Who?"), max_length=60,
        help_text=_("The whole phone number; at the desk a name will do."),
        error_messages={"required": _("Type the phone number.")},
    )  # fmt: skip
    hours = forms.DecimalField(
        label=_("Hours a week she wishes"), min_value=0, max_value=60, max_digits=4,
        decimal_places=1, widget=forms.TextInput(attrs={"inputmode": "decimal", "size": "5"}),
    )  # fmt: skip
    note = forms.CharField(label=_("Note"), max_length=200, required=False)


class CertifyForm(ActForm):
    """Somebody can do something."""

    skill = forms.ModelChoiceField(
        label=_("Skill"), queryset=Skill.objects.none(), empty_label=None
    )
    assessor = forms.CharField(label=_("Who saw it?"), max_length=60)
    valid_until = DayField(label=_("Counts until"), is_last=True, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: as above
        super().__init__(*args, **kwargs)
        self.fields["skill"].queryset = Skill.objects.all()

    def last_day(self) -> Any:  # Any: a day or None
        """The last day it counts."""
        until = self.cleaned_data["valid_until"]
        return last_day_of(until) if until else None


class WishForm(DefinedForm):
    """More, less or other work: what the slip asks at its end."""

    define = staticmethod(offer_slip)
    shows: ClassVar = {
        "kind": Shown("wish", missing=_("Choose one of the three.")), "words": Shown("words"),
    }  # fmt: skip
    order = ("kind", "hours", "skill", "words")
    hours = forms.DecimalField(
        label=_("Hours a week"), min_value=0, max_value=60, max_digits=4, decimal_places=1,
        required=False, widget=forms.TextInput(attrs={"inputmode": "decimal", "size": "5"}),
    )  # fmt: skip
    skill = forms.ModelChoiceField(
        label=_("Which work would you rather do?"), queryset=Skill.objects.none(), required=False,
        empty_label=_("no matter"),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: as above
        super().__init__(*args, **kwargs)
        self.fields["skill"].queryset = Skill.objects.all()

    def minutes(self) -> int | None:
        """What she wishes a week, in minutes; None where she did not say."""
        hours = self.cleaned_data["hours"]
        return None if hours is None else int(hours * 60)


class AnswerForm(ActForm):
    """A word of answer."""

    answer = forms.CharField(
        label=_("Answer"), max_length=200, error_messages={"required": _("Write a word of answer.")}
    )


class FileForm(ActForm):
    """An order book."""

    file = forms.FileField(
        label=_("Table (Excel or CSV)"), error_messages={"required": _("Choose a file.")}
    )


class SaleForm(ActForm):
    """A live sale of what is made here."""

    title = forms.CharField(label=_("What is sold?"), max_length=80)
    begins_on = DayField(label=_("Day"))
    begins_at = forms.TimeField(
        label=_("At what time?"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"required": _("Say at what time."), "invalid": _("Write the time like 19:30.")},
    )  # fmt: skip
    watch = forms.CharField(
        label=_("Where can it be watched?"), max_length=200,
        help_text=_("The name of the channel, or its address; and the place, for whoever comes in person."),
        error_messages={"required": _("Say where it can be watched.")},
    )  # fmt: skip
    words = forms.CharField(label=_("A word about it"), max_length=400, required=False)

    def moment(self) -> datetime:
        """When it begins."""
        at: time = self.cleaned_data["begins_at"]
        day: datetime = self.cleaned_data["begins_on"]
        return day + timedelta(hours=at.hour, minutes=at.minute)


class CallOffForm(ActForm):
    """A live sale does not take place."""

    sale = forms.ModelChoiceField(
        label=_("Live sale"), queryset=SaleNotice.objects.none(), empty_label=None
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: as above
        super().__init__(*args, **kwargs)
        self.fields["sale"].queryset = SaleNotice.objects.standing()


class MaterialForm(_ForWorker):
    """Thread, cloth, buttons that go with a lot, or come back."""

    item = forms.TypedChoiceField(label=_("What"))
    quantity = forms.DecimalField(
        label=_("How much"), max_digits=14, decimal_places=3,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "size": "9"}),
        error_messages={"required": _("Write how much it is.")},
    )  # fmt: skip

    # Any: as above. The page has read the items already.
    def __init__(self, *args: Any, items: Sequence[Item], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        by_id = {str(one.pk): one for one in items}
        self.fields["item"].choices = [(pk, one.name) for pk, one in by_id.items()]
        self.fields["item"].coerce = by_id.__getitem__


class MaterialBackForm(MaterialForm):
    """What comes back of it; more than went, with the reason."""

    note = forms.CharField(
        label=_("More than went out? Why?"), max_length=200, required=False,
        help_text=_("Such as: the cloth grew when it was dyed."),
    )  # fmt: skip


class RoundForm(ActForm):
    """A carrier's round of a day."""

    carrier = forms.ModelChoiceField(
        label=_("Who drives?"), queryset=Account.objects.none(),
        empty_label=_("Choose a carrier"), error_messages={"required": _("Choose who drives.")},
    )  # fmt: skip
    day = DayField(label=_("Day"))
    capacity = _pieces(
        _("Pieces that go onto the tricycle"), required=False,
        help_text=_("Leave it empty where it does not matter."),
    )  # fmt: skip
    leaves_at = forms.TimeField(
        label=_("Leaves at"), required=False, initial="08:00",
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )  # fmt: skip
    back_by = forms.TimeField(
        label=_("Back by"), required=False, initial="18:00",
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )  # fmt: skip

    def trip(self) -> Trip:
        """What was typed, as values."""
        values, usual = self.cleaned_data, Trip()
        return Trip(
            values["capacity"], values["leaves_at"] or usual.leaves_at,
            values["back_by"] or usual.back_by,
        )  # fmt: skip

    def __init__(
        self, *args: Any, carriers: Any, **kwargs: Any
    ) -> None:  # Any: a queryset, as above
        super().__init__(*args, **kwargs)
        self.fields["carrier"].queryset = carriers


class HandOverForm(DefinedForm):
    """So many pieces at a door: one line of the carrier's sheet."""

    define = staticmethod(round_sheet)
    shows: ClassVar = {"quantity": Shown("stop1_pieces", label=_("Pieces"), missing=_PIECES)}
    happened = HappenedField()
