"""The addresses of the roof. Each view says by its mark who may open it."""

from django.urls import path, re_path

from mulin.ground.community.calls import calls_by_path
from mulin.parlour.reception.views import open311
from mulin.site.api import PREFIX
from mulin.site.views import (
    accounts,
    api,
    calendars,
    device,
    installation,
    pages,
    preferences,
    programs,
    seats,
    sign_in,
    today,
    ways_in,
    wechat,
)
from mulin.workshop.production.views.lots import scanned

app_name = "site"
OPEN311 = "open311/v2/"
FORM = "(?P<form>json|xml)"

urlpatterns = [
    path("", pages.home, name="home"),
    path("today/", today.today, name="today"),
    path("tour/", pages.tour, name="tour"),
    path("mine/", pages.mine, name="mine"),
    path("mine/waiting/", today.waiting, name="waiting"),
    path("mine/timeline/", pages.timeline, name="timeline"),
    path("ours/", pages.ours, name="ours"),
    path("help/", pages.help_page, name="help"),
    path("help/ways/", pages.ways_sheet, name="ways"),
    path("screen/", pages.screen, name="screen"),
    path("search/", pages.search, name="search"),
    # Short addresses for printed codes; a QR code stores capitals in less space.
    re_path(r"^[tT]/$", pages.tell, name="tell"),
    re_path(
        r"^[mM]/(?P<grid>[0-9]{1,4})/(?P<month>20[0-9]{2}-[0-9]{2})/$", pages.month, name="month"
    ),
    re_path(r"^[nN]/(?P<code>[0-9A-Za-z]{6,16})/$", pages.need, name="need"),
    re_path(
        r"^[sS]/(?P<slug>[-\w]{1,40})/(?P<code>[0-9A-Za-z]{12})/$", pages.letter, name="letter"
    ),
    re_path(r"^[lL]/(?P<code>[0-9A-Za-z]{8})/$", scanned, name="lot"),
    re_path(r"^[qQ]/(?P<code>[0-9A-Za-z]{6,16})/$", pages.opened, name="opened"),
    path("device/", device.device, name="device"),
    path("preferences/", preferences.preferences, name="preferences"),
    # The doors.
    path("sign-in/", sign_in.phone, name="sign-in"),
    path("sign-in/code/", sign_in.code, name="sign-in-code"),
    path("sign-in/staff/", sign_in.staff, name="sign-in-staff"),
    path("sign-in/second-factor/", sign_in.second_factor, name="second-factor"),
    path("sign-in/own-key/", sign_in.own_key, name="own-key"),
    path("sign-in/wechat/", wechat.leave, name="wechat"),
    path("sign-in/wechat/back/", wechat.come_back, name="wechat-back"),
    re_path(
        r"^MP_verify_(?P<code>[0-9A-Za-z]{1,40})\.txt$", wechat.domain_file, name="wechat-file"
    ),
    path("seats/", seats.places, name="seats"),
    path("seats/leave/", seats.leave, name="leave-seat"),
    path("sign-out/", sign_in.sign_out, name="sign-out"),
    re_path(r"^[cC][aA][rR][dD]/(?P<code>[0-9A-Za-z]{24})/$", sign_in.card, name="card"),
    re_path(
        r"^[wW][eE][lL][cC][oO][mM][eE]/(?P<code>[0-9A-Za-z]{24})/$",
        sign_in.welcome,
        name="welcome",
    ),
    re_path(r"^[cC]/(?P<slug>[-\w]{1,40})/$", accounts.choose_community, name="community"),
    path("setup/<str:token>/", accounts.set_up, name="set-up"),
    # One's own account.
    path("account/", accounts.account, name="account"),
    path("account/name/", accounts.name, name="account-name"),
    path("account/password/", accounts.password, name="account-password"),
    path("account/second-factor/", accounts.new_factor, name="account-factor"),
    path("account/wechat/", wechat.own_link, name="account-wechat"),
    path("account/wechat/end/", wechat.end_link, name="account-wechat-end"),
    path("account/sign-out/", accounts.sign_out_everywhere, name="account-sign-out"),
    # The desk helps somebody in.
    path("ways-in/", ways_in.ways_in, name="ways-in"),
    path("ways-in/<int:pk>/card/", ways_in.print_card, name="person-card"),
    path("ways-in/<int:pk>/join/", ways_in.join, name="person-join"),
    path("ways-in/<int:pk>/wechat/end/", ways_in.end_wechat, name="person-wechat-end"),
    # The team.
    path("team/", accounts.team_list, name="team"),
    path("team/new/", accounts.open_account, name="open-account"),
    path("team/dictation/", accounts.dictation, name="dictation"),
    path("team/working-days/", accounts.working_days, name="working-days"),
    path(
        "team/working-days/<int:pk>/remove/", accounts.remove_working_day, name="working-day-remove"
    ),
    path("team/<int:pk>/", accounts.member, name="member"),
    path("team/<int:pk>/link/", accounts.invite, name="member-link"),
    path("team/<int:pk>/second-factor/", accounts.reset_factor, name="member-factor"),
    path("team/<int:pk>/sign-out/", accounts.sign_out_member, name="member-sign-out"),
    path("team/roles/<int:pk>/end/", accounts.end_role, name="role-end"),
    path("team/roles/<int:pk>/stand-in/", accounts.stand_in, name="role-stand-in"),
    path("installation/", installation.installation, name="installation"),
    # Programs of other offices, and what they call.
    path("programs/", programs.program_list, name="programs"),
    path("programs/new/", programs.connect, name="program-new"),
    path("programs/<int:pk>/", programs.program, name="program"),
    path("programs/<int:pk>/token/", programs.renew, name="program-renew"),
    path("programs/<int:pk>/shut-out/", programs.close, name="program-close"),
    path(f"{PREFIX}openapi.json", api.document, name="api-document"),
    *(
        path(PREFIX + address, api.view_of(address), name=f"api-{next(iter(known.values())).name}")
        for address, known in calls_by_path().items()
    ),
    re_path(rf"^{PREFIX}(?P<rest>(?s:.*))$", api.nothing, name="api-nothing"),
    # GeoReport v2, for everybody.
    re_path(rf"^{OPEN311}discovery\.{FORM}$", open311.discovery, name="open311-discovery"),
    re_path(rf"^{OPEN311}services\.{FORM}$", open311.services, name="open311-services"),
    re_path(
        rf"^{OPEN311}services/(?P<code>[\w.:-]{{1,40}})\.{FORM}$",
        open311.definition,
        name="open311-definition",
    ),
    re_path(rf"^{OPEN311}requests\.{FORM}$", open311.requests, name="open311-requests"),
    re_path(
        rf"^{OPEN311}requests/(?P<number>[\w-]{{1,20}})\.{FORM}$",
        open311.request_by_id,
        name="open311-request",
    ),
    re_path(
        rf"^{OPEN311}tokens/(?P<code>[0-9A-Za-z]{{6,16}})\.{FORM}$",
        open311.token,
        name="open311-token",
    ),
    # One's own limits in one's own calendar.
    path("account/calendar/", calendars.own, name="calendar"),
    path("calendar/<slug:slug>/<slug:secret>.ics", calendars.feed, name="calendar-feed"),
]
