"""Addresses of the survey."""

from django.urls import path

from mulin.parlour.survey.views import asking, holding, resident

app_name = "survey"

urlpatterns = [
    path("", holding.survey_list, name="list"),
    path("<int:pk>/", holding.survey, name="survey"),
    path("<int:pk>/questions/", holding.questions, name="questions"),
    path("<int:pk>/begin/", holding.begin, name="begin"),
    path("<int:pk>/last-day/", holding.set_last_day, name="last-day"),
    path("<int:pk>/close/", holding.close, name="close"),
    path("<int:pk>/publish/", holding.publish, name="publish"),
    path("<int:pk>/remarks/", holding.remark_list, name="remarks"),
    path("<int:pk>/households/", asking.household_list, name="households"),
    path("<int:pk>/paper/", asking.paper_sheets, name="paper"),
    path("<int:pk>/letters/", asking.print_letters, name="letters"),
    path("households/<int:pk>/", asking.household, name="household"),
    path("households/<int:pk>/new-letter/", asking.new_letter, name="new-letter"),
    # Open to the street.
    path("letter/", resident.letter, name="letter"),
    path("answer/<slug:code>/", resident.answer, name="answer"),
    path("thanks/", resident.thanks, name="thanks"),
    path("results/", resident.result_list, name="results"),
    path("results/<int:year>/", resident.result, name="result"),
]
