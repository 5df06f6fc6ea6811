"""The desk's menu: folded but for the day's work and where one is, and nothing is out of reach."""

from django.urls import reverse

from mulin.ground.community.menu import entries
from mulin.ground.community.queries import actor_of
from mulin.kit.scoping import in_community
from mulin.site.menu import menu_of
from tests.clock import NOW


def opened(cast, member, path):
    with in_community(cast.xinjie):
        groups = menu_of(
            actor_of(member.account, cast.xinjie, now=NOW), face="desk", path=path, now=NOW
        )
        return [group.title for group in groups if group.is_open], groups


def test_every_entry_of_the_desk_stands_under_a_heading():
    assert [entry.url_name for entry in entries() if entry.face == "desk" and not entry.group] == []


def test_the_day_and_the_room_one_is_in_are_open_and_no_other(cast):
    titles, groups = opened(cast, cast.chen, reverse("site:today"))
    assert titles == [groups[0].title]
    inside, _groups = opened(cast, cast.chen, reverse("elders:people") + "17/")
    of_elders = next(str(entry.group) for entry in entries() if entry.url_name == "elders:people")
    assert inside == [groups[0].title, of_elders]


def test_a_short_menu_is_not_folded(cast):
    titles, groups = opened(cast, cast.sun, reverse("rounds:today"))
    lines = [entry for group in groups for entry in group.entries]
    assert len(lines) <= 30
    assert len(titles) == len(groups)


def test_a_page_without_an_entry_marks_the_list_it_was_opened_from(cast):
    people = reverse("elders:people")
    for path, here, above in ((people, [people], []), (people + "17/", [], [people])):
        _titles, groups = opened(cast, cast.chen, path)
        lines = [entry for group in groups for entry in group.entries]
        assert [entry.url for entry in lines if entry.current] == here
        assert [entry.url for entry in lines if entry.is_above] == above
