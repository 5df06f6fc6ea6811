"""Addresses of the hall. `m/` is the street's, `desk/` the staff's, `meetings/` the meeting's."""

from django.urls import path

from mulin.parlour.deliberation.views import desk, meeting, secret, street

app_name = "deliberation"

urlpatterns = [
    path("", street.matter_list, name="matters"),
    path("propose/", street.bring_in, name="propose"),
    path("m/<slug:code>/", street.matter, name="public"),
    path("m/<slug:code>/object/", street.objection, name="object"),
    path("m/<slug:code>/notice/", street.notice, name="notice"),
    path("m/<slug:code>/<str:deed>/", street.say, name="say"),
    path("photos/<slug:code>/", street.photo, name="photo"),
    path("photos/<slug:code>/small/", street.photo_small, name="photo-small"),
    path("desk/", desk.matter_list, name="desk"),
    path("desk/new/", desk.new, name="new"),
    path("desk/rules/", desk.rules_page, name="rules"),
    path("desk/rules/seconders/", desk.practice, name="practice"),
    path("desk/<int:pk>/", desk.matter, name="matter"),
    path("desk/<int:pk>/<str:deed>/", desk.do, name="do"),
    path("meetings/new/", meeting.new, name="call"),
    path("meetings/<int:pk>/", meeting.meeting, name="meeting"),
    path("meetings/<int:pk>/freeze/", meeting.freeze, name="freeze"),
    path("meetings/<int:pk>/proxies/", meeting.proxies, name="proxies"),
    path("meetings/<int:pk>/minutes/", meeting.minutes, name="minutes"),
    path("secret/", secret.secret_votes, name="secret"),
    path("points/<int:pk>/secret/", secret.begin, name="secret-open"),
    path("points/<int:pk>/secret/take/", secret.take, name="secret-take"),
    path("points/<int:pk>/", meeting.point, name="point"),
    path("points/<int:pk>/roll-call/", meeting.roll_call, name="roll-call"),
    path("points/<int:pk>/<str:deed>/", meeting.vote, name="vote"),
]
