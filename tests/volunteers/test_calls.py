"""A certificate as the program of whoever was handed it checks it."""

from mulin.circle.volunteers.actions import proof
from mulin.ground.community.rules import Scope
from mulin.kit.clock import standing_still
from tests.site.test_programs import Caller, let_in
from tests.volunteers.test_proof import LATER, ask, served  # noqa: F401  a fixture

REVOKED = "一个人签了两次到"


def test_a_certificate_is_told_as_the_page_tells_it(client, cast, served):  # noqa: F811
    caller = Caller(client, let_in(cast.zhou, scopes=[Scope.PUBLIC_READ])[1])
    asked = ask(served, cast)
    with standing_still(LATER):
        assert caller.get(f"certificates/{asked.code}/").status_code == 404  # only asked for
        issued = proof.issue(asked, is_noticed=False, by=served.by, now=LATER)
        told = caller.get(f"certificates/{issued.code}/")
        assert (told.json()["number"], told.json()["minutes"]) == (issued.number, 120)
        assert told.json()["revoked_at"] is None
        assert cast.yong.person.name not in str(told.json())
        proof.revoke(issued, why=REVOKED, by=served.by, now=LATER)
        told = caller.get(f"certificates/{issued.code}/")
        assert told.json()["revoked_at"] is not None
        assert REVOKED not in str(told.json())
        assert caller.get("certificates/ABCD2345ABCD2345/").status_code == 404
