"""Addresses of the double five."""

from django.urls import path

from mulin.parlour.doublefive.views import desk, resident, rolls, voting

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
    path("rolls/", rolls.seasons, name="rolls"),
    path("<int:pk>/roll/", rolls.roll, name="roll"),
    path("<int:pk>/roll/begin/", rolls.begin, name="begin-roll"),
    path("<int:pk>/roll/place/", rolls.place, name="place"),
    path("<int:pk>/vote/new/", voting.terms, name="terms"),
    path("rules/<int:pk>/", rolls.rule, name="roll-rule"),
    path("votes/<int:pk>/roll/", rolls.remake, name="make-roll"),
    path("votes/<int:pk>/count/", voting.count_it, name="count"),
    path("representatives/", rolls.representatives, name="representatives"),
    path("representatives/<int:pk>/recall/", rolls.end_term, name="recall"),
    # Open to the street.
    path("river/<int:year>/voters/", voting.electorate, name="electorate"),
    path("river/<int:year>/voters/missing/", voting.missing, name="missing"),
    path("river/<int:year>/result/", voting.result, name="result"),
    path("river/<int:year>/result/sheet/", voting.result_sheet, name="result-sheet"),
    path("river/<int:year>/result/<str:what>", voting.result_file, name="result-file"),
    path("river/", resident.river, name="river"),
    path("river/<int:year>/", resident.river, name="river-of"),
    path("offer/", resident.offer, name="offer"),
    path("mine/<slug:code>/", resident.mine, name="mine"),
    path("mine/<slug:code>/merge/", resident.merge_answer, name="merge-answer"),
    path("mine/<slug:code>/appeal/", resident.make_appeal, name="appeal"),
]
