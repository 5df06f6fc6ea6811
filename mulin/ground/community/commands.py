"""For whoever runs the computer: the one way in that needs no account, and a community's host."""

import argparse
import os
import sys

from django.conf import settings
from django.utils.translation import gettext as _

from mulin.ground.community.actions.founding import set_host, setup_token
from mulin.ground.community.actions.ways_in import invite, reset_totp
from mulin.ground.community.models import Account, Community, Membership
from mulin.ground.community.rules import system
from mulin.kit import clock
from mulin.kit.command_line import Commands
from mulin.kit.refusals import Refused
from mulin.kit.scoping import in_community


def register(commands: Commands) -> None:
    """Add this floor's commands."""
    says = _("print the address at which the first community is founded, or a password is set")
    parser = commands.add_parser("setup-link", help=says, description=says)
    parser.add_argument(
        "--account", metavar="LOGIN", help=_("a link with which this account sets its password")
    )
    parser.add_argument(
        "--new-second-factor",
        action="store_true",
        help=_("with --account: also forget the second factor, whose phone is lost"),
    )
    parser.set_defaults(run=setup_link)
    says = _("say under which name of its own a community is reached")
    parser = commands.add_parser("host", help=says, description=says)
    parser.add_argument("community", metavar="COMMUNITY", help=_("its short name"))
    parser.add_argument("host", metavar="HOST", help=_("such as xinjie.example.cn, or '' for none"))
    parser.set_defaults(run=host)


def setup_link(chosen: argparse.Namespace) -> int:
    """Print the address; the exit code."""
    if chosen.account:
        return _account_link(chosen.account, also_factor=chosen.new_second_factor)
    if Community.objects.exists():
        print(
            _("A community was founded already. Name an account: mulin setup-link --account LOGIN"),
            file=sys.stderr,
        )
        return 1
    print(f"{base_address()}/setup/{setup_token()}/")
    return 0


def _account_link(login_name: str, *, also_factor: bool) -> int:
    account = Account.objects.filter(login_name=login_name).first()
    held = Membership.objects.filter(account=account).select_related("community").first()
    if account is None or held is None:
        print(_("Nobody signs in with this name."), file=sys.stderr)
        return 1
    now, by = clock.now(), system(held.community_id)
    with in_community(held.community):
        if also_factor:
            reset_totp(account, by=by, now=now)
        code = invite(account, by=by, now=now)
    print(f"{base_address()}/welcome/{code}/")
    return 0


def host(chosen: argparse.Namespace) -> int:
    """Set a community's host; the exit code."""
    community = Community.objects.filter(slug=chosen.community).first()
    if community is None:
        print(
            _("There is no community called %(slug)s.") % {"slug": chosen.community},
            file=sys.stderr,
        )
        return 1
    try:
        with in_community(community):
            set_host(community, chosen.host, by=system(community.pk), now=clock.now())
    except Refused as refusal:
        print(refusal.message, file=sys.stderr)
        return 1
    return 0


def base_address() -> str:
    """Where this installation is reached, as far as it knows itself."""
    if settings.CSRF_TRUSTED_ORIGINS:
        return str(settings.CSRF_TRUSTED_ORIGINS[0]).rstrip("/")
    return f"http://127.0.0.1:{os.environ.get('MULIN_PORT', '8000')}"
