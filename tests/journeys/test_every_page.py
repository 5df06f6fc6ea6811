"""Every page that can be opened without an object, on its face, in every look: nothing is wider than
the screen and nothing asks another host; axe finds nothing in two of the looks."""

import pytest

from mulin.commons.flow.said import Said
from mulin.kit import clock
from mulin.kit.channels import Channel
from mulin.parlour.reception.actions.demands import receive_demand
from tests.support.browser import overhang

pytestmark = pytest.mark.browser

STREET = [
    "/", "/ours/", "/help/", "/reception/tell/", "/sign-in/", "/sign-in/staff/", "/screen/",
    "/reception/stories/", "/reception/month/", "/survey/results/", "/survey/letter/",
    "/ballots/board/",
]  # fmt: skip
OWN = ["/mine/", "/account/", "/notify/", "/ballots/"]
DESK = [
    "/today/", "/seats/?others=1", "/drafts/", "/reception/", "/reception/receive/",
    "/reception/visits/", "/reception/calls/", "/reception/emergency/", "/places/codes/",
    "/paper/", "/paper/forms/DEMAND/type/", "/gatherings/desk/", "/gatherings/desk/new/",
    "/suggestions/desk/", "/suggestions/hear/", "/deliberation/desk/",
    "/search/?q=路灯", "/figures/", "/people/", "/places/", "/team/", "/survey/",
]  # fmt: skip
HOUSE = ["/installation/"]
LOOKS = {
    "phone": {"width": 390},
    "phone dark large": {"width": 390, "dark": True, "large": True},
    "desk dark": {"width": 1280, "dark": True},
    "desk large english": {"width": 1280, "large": True, "language": "en"},
}

#: Both faces and both themes, plain and large: axe reads the same page in the other two.
LOOKED_INTO = ("phone dark large", "desk dark")


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_every_page_in_this_look(cast, xinjie, visitor, axe, look):
    receive_demand(
        Said(words="楼下路灯不亮", person=cast.yong.person, building=cast.building_12),
        by=cast.chen.actor.by(Channel.PHONE, on_behalf_of=cast.yong.person.pk), now=clock.now(),
    )  # fmt: skip
    faults = []
    rounds = ((None, STREET), (cast.yong, OWN), (cast.zhou, DESK), (cast.installer, HOUSE))
    for member, paths in rounds:
        someone = visitor(**LOOKS[look])
        if member:
            someone.sign_in(member)
        page = someone.context.new_page()
        for path in paths:
            page.goto(someone.address + path)
            try:
                if look in LOOKED_INTO:
                    axe(page)
            except AssertionError as found:
                faults.append(f"{path}: {found}")
            wide = overhang(page)
            if wide > 0:
                faults.append(f"{path}: {wide} px wider than the screen")
    assert faults == []
