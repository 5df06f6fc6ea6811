"""Addresses of votes."""

from django.urls import path

from mulin.commons.ballots.views import voting

app_name = "ballots"

urlpatterns = [
    path("", voting.mine, name="mine"),
    path("vote/<slug:code>/", voting.vote, name="vote"),
    path("draw/<slug:code>/", voting.draw, name="draw"),
    path("cast/<slug:slug>/<slug:code>/", voting.cast, name="cast"),
]
