"""Addresses of the room. `desk/` is the keepers'; a bare code is the activity's public page."""

from django.urls import path

from mulin.circle.volunteers.views import desk, mine, public, work

app_name = "volunteers"

urlpatterns = [
    path("", public.month, name="month"),
    path("thanks/", public.wall, name="wall"),
    path("verify/", public.verify, name="verify"),
    path("mine/", mine.mine, name="mine"),
    path("mine/<str:deed>/", mine.mine_act, name="mine-act"),
    path("desk/", desk.month, name="desk"),
    path("desk/new/", desk.new, name="new"),
    path("desk/people/", desk.people, name="people"),
    path("desk/people/<int:pk>/", desk.volunteer, name="volunteer"),
    path("desk/people/<int:pk>/<str:deed>/", desk.volunteer_act, name="volunteer-act"),
    path("desk/open/", desk.open_matters, name="open"),
    path("desk/open/<str:deed>/", desk.decide, name="decide"),
    path("desk/settings/", desk.settings, name="settings"),
    path("desk/settings/<str:deed>/", desk.settings_act, name="settings-act"),
    path("desk/gathering/<int:pk>/", desk.of_gathering, name="of-gathering"),
    path("desk/<int:pk>/", work.work, name="work"),
    path("desk/<int:pk>/<str:deed>/", work.work_act, name="work-act"),
    path("door/<slug:code>/", public.door, name="door"),
    path("shop/<slug:code>/", public.merchant, name="redeem"),
    path("certificate/<slug:code>/", mine.certificate, name="certificate"),
    path("<slug:code>/", public.activity, name="activity"),
    path("<slug:code>/<str:deed>/", public.join, name="join"),
]
