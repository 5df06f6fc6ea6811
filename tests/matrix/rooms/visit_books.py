"""Old books of visits: the desk's alone, for they name who came."""

from mulin.parlour.reception.actions.visit_books import preview_book
from tests.clock import NOW
from tests.matrix.people import DESK, Canary, Line

LINES = {
    "reception:visit-books": Line(DESK),
    "reception:visit-template": Line(DESK),
    "reception:visit-book": Line(DESK, about="visit book"),
    "reception:visit-book-undo": Line(DESK, about="visit book", method="POST"),
}


def fill(community, sides, *, head, desk, actors):
    """One book a side, looked at and not yet taken in."""
    for side in sides:
        written = f"日期,姓名,事由\n2023-05-08,访{side.sign},坐坐\n"
        side.room["reception.book"] = preview_book(written.encode(), "来访.csv", by=desk, now=NOW)


KWARGS = {"visit book": lambda _world, side: {"pk": side.room["reception.book"].pk}}

CANARIES = {"访{}": Canary(DESK, "reception:visit-book")}
