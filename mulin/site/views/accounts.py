"""One's own account; the team, for whoever keeps it; the first start."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from mulin.ground.community.access import (
    Request,
    always_open,
    opened_to,
    public,
    signed_in,
    with_own_key,
)
from mulin.ground.community.actions import founding, roles, ways_in
from mulin.ground.community.models import Account, Community, Membership, WorkdayException
from mulin.ground.community.permissions import may_end_role, may_help_into
from mulin.ground.community.queries import running_memberships, team, work_calendar
from mulin.ground.community.rules import Role, system
from mulin.ground.notify.queries import link_of, wechat_door
from mulin.kit.acts import attempt
from mulin.kit.refusals import Refused
from mulin.kit.scoping import in_community
from mulin.parlour.reception.actions.limits import open_reception
from mulin.site.forms.doors import ChangePasswordForm, NameForm, SetUpForm
from mulin.site.forms.team import (
    DictationForm,
    OpenAccountForm,
    RoleForm,
    StandInForm,
    WorkdayForm,
)
from mulin.site.middleware import COMMUNITY_COOKIE
from mulin.site.views.sign_in import set_up_factor

_KEEPERS = (Role.HEAD, Role.INSTALLER)


def _own(request: Request) -> Account:
    if not isinstance(request.user, Account):
        raise Http404("nobody is signed in")
    return request.user


# ── one's own ────────────────────────────────────────────────────────────────────────────────


@with_own_key
def account(request: Request) -> HttpResponse:
    """Who I am here, my ways in, my communities."""
    own = _own(request)
    held = running_memberships(own.pk, request.now)
    context = {
        "own": own,
        "held": [role for role in held if role.community_id == request.community.pk],
        "communities": {role.community.slug: role.community.name for role in held},
        "has_totp": ways_in.has_totp(own),
        "has_password": own.has_usable_password(),
        "has_wechat": wechat_door() is not None,
        "wechat": link_of(own.pk),
        "has_card": own.cards.filter(revoked_at__isnull=True).exists(),
    }
    return render(request, "site/account.html", context)


@with_own_key
def name(request: Request) -> HttpResponse:
    """How I want to be called."""
    own = _own(request)
    form = NameForm(request.POST or None, initial={"display_name": own.display_name})
    if request.method == "POST" and form.is_valid():
        done = attempt(
            form,
            lambda: ways_in.name_account(
                own, display_name=form.cleaned_data["display_name"], by=request.actor,
                now=request.now,
            ),
        )  # fmt: skip
        if done is not None:
            return redirect("site:account")
    return render(request, "site/account_name.html", {"form": form})


@never_cache
@sensitive_post_parameters("old_password", "password")
@with_own_key
def password(request: Request) -> HttpResponse:
    """Another password; other devices are signed out."""
    own = _own(request)
    form = ChangePasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        changed = attempt(
            form,
            lambda: ways_in.change_password(
                own, old=values["old_password"], new=values["password"], by=request.actor,
                now=request.now,
            ),
        )  # fmt: skip
        if changed is not None:
            update_session_auth_hash(request, changed)
            messages.success(request, _("Your password is changed; other devices are signed out."))
            return redirect("site:account")
    return render(request, "site/account_password.html", {"form": form})


@never_cache
@with_own_key
def new_factor(request: Request) -> HttpResponse:
    """A second factor on another phone."""
    return set_up_factor(request, _own(request))


@signed_in
@require_POST
def sign_out_everywhere(request: Request) -> HttpResponse:
    """End every session of mine, this one too."""
    ways_in.end_sessions(_own(request), by=request.actor, now=request.now)
    return redirect("site:sign-in")


@public
def choose_community(request: Request, slug: str) -> HttpResponse:
    """Look at another community of this installation; kept in a cookie."""
    community = get_object_or_404(Community, slug=slug)
    response = redirect("/")
    response.set_cookie(COMMUNITY_COOKIE, community.slug, samesite="Lax", httponly=True)
    return response


# ── the team ─────────────────────────────────────────────────────────────────────────────────


@opened_to(*_KEEPERS)
def team_list(request: Request) -> HttpResponse:
    """Who has which role until when."""
    return _team_page(request, "site/team.html", {})


@never_cache
@opened_to(*_KEEPERS)
def open_account(request: Request) -> HttpResponse:
    """A new colleague, and the link by which they set their password."""
    form = OpenAccountForm(request.POST or None, by=request.actor)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        opened = attempt(
            form,
            lambda: roles.open_account(
                display_name=values["display_name"], login_name=values["login_name"],
                role=values["role"], grid=values["grid"], until=values["until"],
                by=request.actor, now=request.now,
            ),
        )  # fmt: skip
        if opened is not None:
            return _invitation(request, opened)
    return _team_page(request, "site/team_open.html", {"form": form})


@opened_to(*_KEEPERS)
def member(request: Request, pk: int) -> HttpResponse:
    """One account of the team: its roles, and a role to add."""
    chosen = _member(request, pk)
    form = RoleForm(request.POST or None, by=request.actor)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        given = attempt(
            form,
            lambda: roles.give_role(
                chosen, role=values["role"], grid=values["grid"], since=values["since"],
                until=values["until"], by=request.actor, now=request.now,
            ),
        )  # fmt: skip
        if given is not None:
            messages.success(request, _("The role is given."))
            return redirect("site:member", pk=pk)
    return _team_page(request, "site/team_member.html", _member_context(request, chosen, form))


@opened_to(*_KEEPERS)
@require_POST
def end_role(request: Request, pk: int) -> HttpResponse:
    """End a role now."""
    membership = _membership(request, pk)
    try:
        roles.end_role(membership, by=request.actor, now=request.now)
    except Refused as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("The role has ended, and the account is signed out."))
    still_there = team(request.community.pk, request.now).filter(account=membership.account_id)
    if still_there.exists():
        return redirect("site:member", pk=membership.account_id)
    return redirect("site:team")


@opened_to(*_KEEPERS)
def stand_in(request: Request, pk: int) -> HttpResponse:
    """Somebody carries a role while its holder is away."""
    membership = _membership(request, pk)
    among = (
        Account.objects.filter(memberships__in=team(request.community.pk, request.now))
        .exclude(pk=membership.account_id)
        .order_by("display_name")
        .distinct()
    )
    form = StandInForm(request.POST or None, among=among)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        placed = attempt(
            form,
            lambda: roles.appoint_stand_in(
                membership, stand_in=values["stand_in"], since=values["since"],
                until=values["until"], by=request.actor, now=request.now,
            ),
        )  # fmt: skip
        if placed is not None:
            messages.success(request, _("The stand-in is appointed."))
            return redirect("site:member", pk=membership.account_id)
    return _team_page(request, "site/team_stand_in.html", {"form": form, "membership": membership})


@never_cache
@opened_to(*_KEEPERS)
@require_POST
def invite(request: Request, pk: int) -> HttpResponse:
    """A link for whoever forgot their password; shown once."""
    return _invitation(request, _member(request, pk))


@opened_to(*_KEEPERS)
@require_POST
def reset_factor(request: Request, pk: int) -> HttpResponse:
    """The phone with the second factor is lost."""
    ways_in.reset_totp(_member(request, pk), by=request.actor, now=request.now)
    messages.success(request, _("At the next sign-in a new second factor is set up."))
    return redirect("site:member", pk=pk)


@opened_to(*_KEEPERS)
@require_POST
def sign_out_member(request: Request, pk: int) -> HttpResponse:
    """End the sessions of somebody whose computer was left open."""
    ways_in.end_sessions(_member(request, pk), by=request.actor, now=request.now)
    messages.success(request, _("The account is signed out everywhere."))
    return redirect("site:member", pk=pk)


@opened_to(Role.HEAD)
def dictation(request: Request) -> HttpResponse:
    """Whether staff may speak into fields, and where the sound goes then."""
    initial = {"is_on": request.community.takes_dictation}
    form = DictationForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        done = attempt(
            form,
            lambda: founding.set_dictation(
                request.community, is_on=form.cleaned_data["is_on"], by=request.actor,
                now=request.now,
            ),
        )  # fmt: skip
        if done is not None:
            messages.success(request, _("Done."))
            return redirect("site:dictation")
    return _team_page(request, "site/team_dictation.html", {"form": form})


@opened_to(Role.INSTALLER)
def working_days(request: Request) -> HttpResponse:
    """Days on which the built-in calendar is wrong or does not know yet."""
    form = WorkdayForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        done = attempt(
            form,
            lambda: founding.add_workday_exception(
                values["day"].date(), is_workday=values["is_workday"], source=values["source"],
                by=request.actor, now=request.now,
            ),
        )  # fmt: skip
        if done is not None:
            return redirect("site:working-days")
    context = {
        "form": form,
        "days": WorkdayException.objects.all(),
        "certain_until": work_calendar().certain_until(),
    }
    return _team_page(request, "site/team_working_days.html", context)


@opened_to(Role.INSTALLER)
@require_POST
def remove_working_day(request: Request, pk: int) -> HttpResponse:
    """Let the built-in calendar decide again."""
    exception = get_object_or_404(WorkdayException, pk=pk)
    founding.remove_workday_exception(exception, by=request.actor, now=request.now)
    return redirect("site:working-days")


# Any: what a template is given.
def _team_page(request: Request, template: str, context: dict[str, Any]) -> HttpResponse:
    members: dict[int, dict[str, Any]] = {}
    for role in team(request.community.pk, request.now):
        line = members.setdefault(role.account_id, {"account": role.account, "roles": []})
        line["roles"].append(role)
    return render(request, template, {"members": list(members.values()), **context})


def _member_context(request: Request, chosen: Account, form: RoleForm) -> dict[str, Any]:
    held = running_memberships(chosen.pk, request.now)
    rows = team(request.community.pk, request.now).filter(account=chosen)
    return {
        "chosen": chosen,
        "form": form,
        "roles": [{"role": role, "may_end": may_end_role(request.actor, role)} for role in rows],
        "may_help": may_help_into(request.actor, chosen, held) and bool(chosen.login_name),
        "has_totp": ways_in.has_totp(chosen),
    }


def _invitation(request: Request, invited: Account) -> HttpResponse:
    code = ways_in.invite(invited, by=request.actor, now=request.now)
    return _team_page(request, "site/team_invited.html", {"invited": invited, "code": code})


def _member(request: Request, pk: int) -> Account:
    found: Account = get_object_or_404(
        Account.objects.filter(memberships__in=team(request.community.pk, request.now)).distinct(),
        pk=pk,
    )
    return found


def _membership(request: Request, pk: int) -> Membership:
    found: Membership = get_object_or_404(team(request.community.pk, request.now), pk=pk)
    return found


# ── the first start ──────────────────────────────────────────────────────────────────────────


@never_cache
@sensitive_post_parameters("password")
@always_open
def set_up(request: Request, token: str) -> HttpResponse:
    """Found the first community. The address was printed by `mulin setup-link`."""
    if not founding.may_set_up(token):
        raise Http404("no set-up is waiting")
    form = SetUpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        founded = attempt(form, lambda: _found(request, form.cleaned_data))
        if founded is not None:
            code, head = founded
            return render(request, "site/account_founded.html", {"code": code, "head": head})
    return render(request, "site/account_set_up.html", {"form": form})


def _found(request: Request, values: dict[str, Any]) -> tuple[str, Account]:
    community, (_installer, head) = founding.found_community(
        street=values["street"],
        name=values["name"],
        slug=values["slug"],
        phone=values["phone"],
        address=values["address"],
        grids=values["grids"],
        founders=[
            founding.Founder(
                Role.INSTALLER, values["installer_name"], values["installer_login"],
                values["password"],
            ),
            founding.Founder(Role.HEAD, values["head_name"], values["head_login"]),
        ],
        by=system(0),
        now=request.now,
    )  # fmt: skip
    with in_community(community):
        by = system(community.pk)
        open_reception(by=by, now=request.now)
        return ways_in.invite(head, by=by, now=request.now), head
