"""Addresses of rounds."""

from django.urls import path

from mulin.parlour.rounds.views import hand_overs, pocket, walking

app_name = "rounds"

urlpatterns = [
    path("", walking.today, name="today"),
    path("houses/", walking.houses, name="houses"),
    path("houses/<int:pk>/", walking.house, name="house"),
    path("homes/<int:pk>/", walking.home, name="home"),
    path("homes/<int:pk>/wish/", walking.wish, name="wish"),
    path("hear/", walking.hearing, name="hear"),
    path("hand-overs/", hand_overs.hand_overs, name="hand-overs"),
    path("hand-overs/<int:pk>/", hand_overs.hand_over, name="hand-over"),
    path("hand-overs/<int:pk>/<slug:deed>/", hand_overs.deed, name="hand-over-deed"),
    path("offline/", pocket.shell, name="offline"),
    path("sw.js", pocket.worker, name="worker"),
    path("paces/", hand_overs.paces, name="paces"),
]
