"""Ties booking together: menu, ways, figures, lists, dues, sweeps, sheets, what is held of a person."""

from datetime import timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

VERBS = {
    "booking.keep_room": _("wrote down a room"),
    "booking.set_hours": _("set the hours of a room"),
    "booking.shut": _("shut a room"),
    "booking.open_again": _("opened a room again"),
    "booking.set_price": _("set the price of a room"),
    "booking.set_discount": _("set a discount"),
    "booking.end_rule": _("ended a price or discount"),
    "booking.check_group": _("saw a paper for a discount"),
    "booking.end_group": _("ended a right to a discount"),
    "booking.book": _("booked a room"),
    "booking.book_series": _("booked a room every week"),
    "booking.move": _("moved a booking"),
    "booking.cancel": _("cancelled a booking"),
    "booking.cancel_rest": _("cancelled the later dates of a booking"),
    "booking.offer": _("offered a room that came free"),
    "booking.answer_offer": _("answered for a room that came free"),
    "booking.lapse": _("let a waiting place lapse"),
    "booking.note_came": _("noted that they came"),
    "booking.note_missed": _("noted that nobody came"),
    "booking.give_code": _("gave an opening code"),
    "booking.open_by_code": _("opened a room by a code"),
    "booking.hand_key": _("handed a key out or took it back"),
    "booking.note_money": _("wrote down money of a booking"),
}


class BookingConfig(AppConfig):
    name = "mulin.circle.booking"
    label = "booking"

    def ready(self) -> None:
        # Imported here: they need the loaded registry.
        from mulin.circle.booking import dues
        from mulin.circle.booking.api import CALLS
        from mulin.circle.booking.figures import FIGURES
        from mulin.circle.booking.holdings import bookings_told, erase_bookings, money_kept
        from mulin.circle.booking.jobs import see_to_bookings
        from mulin.circle.booking.listings import LISTINGS, TABLES
        from mulin.circle.booking.queries import (
            HOLDING,
            idle_for_chat,
            own_events,
            people_in_rooms,
            rooms_held,
        )
        from mulin.circle.booking.sheets import BOOKING_SHEET
        from mulin.commons.paper.registry import register as register_sheet
        from mulin.ground.audit.verbs import name_verbs
        from mulin.ground.community.calendars import register_source
        from mulin.ground.community.calls import register_call
        from mulin.ground.community.dues import register_parts
        from mulin.ground.community.menu import Entry, register
        from mulin.ground.community.rules import DESK_ROLES
        from mulin.ground.community.ways import Way
        from mulin.ground.community.ways import register as register_way
        from mulin.ground.downloads.registry import register as register_listing
        from mulin.ground.figures.registry import register as register_figure
        from mulin.ground.notify.sharing import register_shared
        from mulin.ground.notify.sweeps import register_sweep
        from mulin.ground.notify.topics import name_topics
        from mulin.ground.people.rules import register_eraser, register_keeper, register_teller
        from mulin.ground.places.holding import register_holding
        from mulin.ground.places.presence import register_presence

        group = _("Rooms")
        for entry in (
            Entry(_("Plan of rooms"), "booking:plan", "calendar-days", DESK_ROLES, "desk", group, "", 70),
            Entry(_("A booking"), "booking:new", "plus", DESK_ROLES, "desk", group, "", 71),
            Entry(_("Rooms and prices"), "booking:rooms-keep", "list", DESK_ROLES, "desk", group,
                  "", 72),
            Entry(_("Who pays less"), "booking:groups", "users", DESK_ROLES, "desk", group, "", 73),
            Entry(_("Book a room"), "booking:rooms", "calendar-days", None, "resident", "", "", 45),
            Entry(_("My bookings"), "booking:mine", "calendar-days", None, "resident", "", "", 46),
        ):  # fmt: skip
            register(entry)
        register_way(
            Way(
                what=_("Book a room, say yes to a free place, cancel"),
                pages=frozenset(
                    {"booking:book", "booking:mine", "booking:mine-act", "booking:slip"}
                ),
                by_call=_("Call us: we look what is free while you are on the phone, and book it."),
                on_paper=_("Fill in the sheet for the room and hand it in or put it into the box."),
                at_the_desk="booking:new",
                order=45,
            )
        )
        for call in CALLS:
            register_call(call)
        for figure in FIGURES:
            register_figure(figure)
        register_listing(*LISTINGS, *TABLES, room=_("Booking of rooms"))
        register_parts("booking", dues.parts, *dues.TOLD)
        register_sweep("booking.due", timedelta(minutes=5), see_to_bookings)
        register_sheet(BOOKING_SHEET)
        register_source("booking", own_events)
        register_shared("booking.idle", idle_for_chat)
        register_presence("booking", people_in_rooms)
        register_holding(HOLDING, rooms_held)
        register_teller("booking.bookings", bookings_told)
        register_eraser("booking.bookings", erase_bookings)
        register_keeper(
            "booking.money",
            _("Money paid and given back for rooms: accounts are kept."),
            money_kept,
            article="《会计档案管理办法》第14条",
        )
        name_verbs(VERBS)
        name_topics({"booking": _("rooms you booked")})
