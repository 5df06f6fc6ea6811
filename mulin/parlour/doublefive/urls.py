"""Addresses of the double five."""

from django.urls import path

from mulin.parlour.doublefive.views import appraising, carried, desk, projects, resident

app_name = "doublefive"

urlpatterns = [
    path("", desk.season_list, name="list"),
    path("<int:pk>/", desk.season, name="season"),
    path("<int:pk>/criteria/", desk.criteria, name="criteria"),
    path("<int:pk>/screeners/", desk.screeners, name="screeners"),
    path("<int:pk>/booklet/", desk.booklet, name="booklet"),
    path("<int:pk>/go-on/", desk.next_stage, name="go-on"),
    path("ideas/<int:pk>/", desk.idea, name="idea"),
    path("ideas/<int:pk>/merge/", desk.merge, name="merge"),
    path("ideas/<int:pk>/merge/answer/", desk.merge_answer, name="merge-noted"),
    path("ideas/<int:pk>/pass/", desk.let_pass, name="pass"),
    path("ideas/<int:pk>/refuse/", desk.refuse, name="refuse"),
    path("ideas/<int:pk>/appeal/", desk.appeal_noted, name="appeal-noted"),
    path("ideas/<int:pk>/decide/", desk.decide, name="decide"),
    path("ideas/<int:pk>/pictures/", desk.pictures, name="pictures"),
    path("<int:pk>/carrying/", projects.carrying, name="carrying"),
    path("chosen/<int:pk>/begin/", projects.begin, name="begin"),
    path("projects/<int:pk>/", projects.project, name="project"),
    path("projects/<int:pk>/<slug:deed>/", projects.project_deed, name="project-deed"),
    path("milestones/<int:pk>/<slug:deed>/", projects.milestone_deed, name="milestone-deed"),
    path("comments/<int:pk>/<slug:deed>/", projects.comment_deed, name="comment-deed"),
    path("<int:pk>/appraisal/", appraising.appraisal, name="appraisal"),
    path("<int:pk>/appraisal/publish/", appraising.publish, name="appraisal-publish"),
    path("<int:pk>/appraisal/sheet/", appraising.sheet, name="appraisal-sheet"),
    path("<int:pk>/appraisal/paper/", appraising.blank_sheet, name="appraisal-paper"),
    path("<int:pk>/appraisal/words/", appraising.remarks, name="appraisal-words"),
    path("appraisers/<int:pk>/", appraising.ask, name="ask"),
    path("appraisers/<int:pk>/box/", appraising.box, name="box"),
    # Open to the street.
    path("river/", resident.river, name="river"),
    path("river/<int:year>/", resident.river, name="river-of"),
    path("river/<int:year>/appraised/", appraising.appraised, name="appraised"),
    path("river/<int:year>/appraise/", appraising.appraise, name="appraise"),
    path("river/<int:year>/<int:place>/", carried.carried, name="carried"),
    path("river/<int:year>/<int:place>/<slug:deed>/", carried.say, name="carried-say"),
    path("years/", carried.years, name="years"),
    path("pictures/<slug:code>/", carried.picture, name="picture"),
    path("pictures/<slug:code>/small/", carried.picture_small, name="picture-small"),
    path("offer/", resident.offer, name="offer"),
    path("mine/<slug:code>/", resident.mine, name="mine"),
    path("mine/<slug:code>/merge/", resident.merge_answer, name="merge-answer"),
    path("mine/<slug:code>/appeal/", resident.make_appeal, name="appeal"),
]
