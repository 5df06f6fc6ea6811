"""Addresses of ideas."""

from django.urls import path

from mulin.parlour.suggestions.views import desk, minutes, resident, topics

app_name = "suggestions"

urlpatterns = [
    # Open to the street.
    path("", resident.idea_list, name="ideas"),
    path("say/", resident.say, name="say"),
    path("similar/", resident.similar, name="similar"),
    path("became/", resident.became_list, name="became"),
    path("waiting/", resident.waiting_list, name="waiting"),
    path("<int:pk>/", resident.idea, name="idea"),
    path("<int:pk>/stand/", resident.stand, name="stand"),
    path("topics/", topics.topic_list, name="topics"),
    path("topics/<int:pk>/", topics.topic, name="topic"),
    path("topics/<int:pk>/add/", topics.add, name="add"),
    path("topics/<int:pk>/spoken/", topics.spoken, name="spoken"),
    path("topics/<int:pk>/result/", topics.result, name="result"),
    path("statements/<int:pk>/vote/", topics.vote, name="vote"),
    path("desk/", desk.idea_list, name="desk"),
    path("hear/", desk.hear, name="hear"),
    path("topics/new/", topics.topic_new, name="topic-new"),
    path("topics/<int:pk>/desk/", topics.topic_desk, name="topic-desk"),
    path("topics/<int:pk>/sheet/", topics.sheet, name="sheet"),
    path("statements/<int:pk>/judge/", topics.judge, name="judge"),
    path("meetings/<int:pk>/", minutes.minutes, name="minutes"),
    path("meetings/<int:pk>/topics/", minutes.topics, name="heard"),
    path("meetings/<int:pk>/points/", minutes.points, name="points"),
    path("meetings/<int:pk>/recordings/", minutes.recordings, name="recordings"),
    path("points/<int:pk>/", minutes.decide, name="decide"),
    path("recordings/<slug:code>/", minutes.sound, name="sound"),
    path("recordings/<slug:code>/forget/", minutes.forget, name="forget"),
    path("times/", desk.times, name="times"),
    path("desk/<int:pk>/", desk.idea, name="desk-idea"),
    path("desk/<int:pk>/<slug:deed>/", desk.work, name="work"),
]
