"""What a sheet asks, a page asks by the same definition: no room's form names such a field again.

Read are the definitions (`Field("name", _("Label"), …)` in `sheets*.py`) and the classes of the
room's `forms.py` or `forms/`. A class says again what its room's sheet asks if one of its own fields
bears the label of a definition's field, or if it shows a field of a definition and has, beside, one of
the same name.
"""

import ast

from tests.shape.house import MULIN

#: Fields that ask the same words of somebody or something else: by room, class and field, with why.
ANOTHER_QUESTION = {
    ("childcare", "PickerForm", "relation"),  # of whoever fetches, who is no guardian
    ("childcare", "BlockForm", "relation"),  # of whoever must not
    ("booking", "HoursForm", "opens"),  # of a room's week, not of a booking
    ("booking", "HoursForm", "closes"),
    ("booking", "PriceForm", "purpose"),  # for what a price counts
    ("production", "SaleForm", "words"),  # what neighbours should know of a sale
    ("production", "SaleForm", "begins_on"),
    ("production", "OwnHoursForm", "day"),  # on which she worked for herself
    ("production", "RoundForm", "day"),  # on which a carrier goes
    ("production", "DepositForm", "day"),  # on which money came
}


def words_of(node):
    """The words within `_("…")`, or None."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_":
        return node.args[0].value if isinstance(node.args[0], ast.Constant) else None
    return None


def asked_by(room):
    """Name → label of each field of the room's definitions."""
    fields = {}
    for path in room.glob("sheets*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Field":
                name, label = node.args[0], words_of(node.args[1])
                fields[getattr(name, "value", ast.unparse(name))] = label
    return fields


def forms_of(room):
    """Every form class of a room: its name, what it shows of a definition, its own fields with their
    labels.
    """
    for path in [*room.glob("forms.py"), *room.glob("forms/*.py")]:
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.ClassDef):
                continue
            own, shown = {}, set()
            for line in node.body:
                target = (
                    line.targets[0]
                    if isinstance(line, ast.Assign)
                    else getattr(line, "target", None)
                )
                value = getattr(line, "value", None)
                if not isinstance(target, ast.Name) or value is None:
                    continue
                if target.id == "shows":
                    shown |= {
                        call.args[0].value if isinstance(call.args[0], ast.Constant) else ast.unparse(call.args[0])
                        for call in ast.walk(value)
                        if isinstance(call, ast.Call) and getattr(call.func, "id", "") in ("Shown", "Asked")
                    }  # fmt: skip
                elif isinstance(value, ast.Call):
                    label = [
                        one.value for one in value.keywords if one.arg == "label"
                    ] + value.args[:1]
                    own[target.id] = words_of(label[0]) if label else None
            yield node.name, shown, own


def said_twice(room):
    """The fields of a room's forms that its definitions have."""
    asked = asked_by(room)
    labels = set(filter(None, asked.values()))
    for name, shown, own in forms_of(room):
        for field, label in own.items():
            if label in labels or (shown and field in asked and field not in shown):
                yield room.name, name, field


def rooms():
    return sorted(
        {path.parent for path in MULIN.rglob("sheets*.py") if path.parent != MULIN / "kit"}
        - {MULIN / "commons/paper/actions"}
    )


def test_no_page_asks_a_second_time_what_a_sheet_asks():
    assert len(rooms()) > 10
    found = {one for room in rooms() for one in said_twice(room)}
    assert found - ANOTHER_QUESTION == set()


def test_what_is_let_be_is_still_there():
    found = {one for room in rooms() for one in said_twice(room)}
    assert ANOTHER_QUESTION - found == set()


def test_a_second_form_is_found(tmp_path):
    (tmp_path / "sheets.py").write_text(
        'F = Form(fields=(Field("day", _("On which day?"), Kind.DAY), Field("phone", _("Your phone"), Kind.PHONE)))\n'
    )
    (tmp_path / "forms.py").write_text(
        'class Second(ActForm):\n    when = DayField(label=_("On which day?"))\n'
        'class Half(DefinedForm):\n    shows = {"day": Shown("day")}\n    phone = PhoneField(label=_("Phone"))\n'
        'class Right(DefinedForm):\n    shows = {"day": Shown("day")}\n    waits = Box(label=_("Wait?"))\n'
    )
    room = tmp_path.name
    assert set(said_twice(tmp_path)) == {(room, "Second", "when"), (room, "Half", "phone")}
