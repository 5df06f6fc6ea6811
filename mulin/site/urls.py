"""The addresses of the roof. Each view says by its mark who may open it."""

from django.urls import path, re_path

from mulin.site.views import accounts, pages, preferences, sign_in, ways_in

app_name = "site"

urlpatterns = [
    path("", pages.home, name="home"),
    path("mine/", pages.mine, name="mine"),
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
    re_path(r"^[qQ]/(?P<code>[0-9A-Za-z]{6,16})/$", pages.opened, name="opened"),
    path("preferences/", preferences.preferences, name="preferences"),
    # The doors.
    path("sign-in/", sign_in.phone, name="sign-in"),
    path("sign-in/code/", sign_in.code, name="sign-in-code"),
    path("sign-in/staff/", sign_in.staff, name="sign-in-staff"),
    path("sign-in/second-factor/", sign_in.second_factor, name="second-factor"),
    path("sign-in/own-key/", sign_in.own_key, name="own-key"),
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
    path("account/sign-out/", accounts.sign_out_everywhere, name="account-sign-out"),
    # The desk helps somebody in.
    path("ways-in/", ways_in.ways_in, name="ways-in"),
    path("ways-in/<int:pk>/card/", ways_in.print_card, name="person-card"),
    path("ways-in/<int:pk>/join/", ways_in.join, name="person-join"),
    # The team.
    path("team/", accounts.team_list, name="team"),
    path("team/new/", accounts.open_account, name="open-account"),
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
]
