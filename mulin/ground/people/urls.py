"""The addresses of the roll. None is public."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from mulin.ground.people.views import bodies, merging, mine, organisations, persons, rolls


class YesOrNo(StringConverter):
    """The word a consent is answered with."""

    regex = "yes|no"


register_converter(YesOrNo, "yes_or_no")

app_name = "people"

urlpatterns = [
    path("", persons.person_list, name="list"),
    path("new/", persons.new_person, name="new"),
    path("<int:pk>/", persons.person, name="person"),
    path("<int:pk>/change/", persons.change_person, name="change"),
    path("<int:pk>/reveal/", persons.reveal, name="reveal"),
    path("<int:pk>/consent/<slug:purpose>/<yes_or_no:word>/", persons.consent, name="consent"),
    path("<int:pk>/household/", persons.household, name="household"),
    path("<int:pk>/household/leave/", persons.leave_household, name="leave-household"),
    path("<int:pk>/organisation/", persons.affiliate, name="affiliate"),
    path("<int:pk>/own-data/", persons.own_file, name="own-data"),
    path("<int:pk>/erase/", persons.erase, name="erase"),
    # Records that may be one person.
    path("duplicates/", merging.duplicates, name="duplicates"),
    path("<int:pk>/merge/<int:other>/", merging.merge, name="merge"),
    path("<int:pk>/not-same/<int:other>/", merging.not_same, name="not-same"),
    path("merges/<int:pk>/undo/", merging.undo, name="undo-merge"),
    # Files of persons.
    path("imports/", rolls.import_list, name="imports"),
    path("imports/template/", rolls.template, name="template"),
    path("imports/<int:pk>/", rolls.preview, name="import"),
    path("imports/<int:pk>/undo/", rolls.undo, name="undo-import"),
    # Organisations.
    path("organisations/", organisations.organisation_list, name="organisations"),
    path("organisations/<int:pk>/", organisations.organisation, name="organisation"),
    path("organisations/duplicates/", bodies.duplicates, name="same-organisations"),
    path("organisations/<int:pk>/same/", bodies.same, name="same-organisation"),
    path("organisations/<int:pk>/merge/<int:other>/", bodies.merge, name="merge-organisations"),
    path(
        "organisations/<int:pk>/not-same/<int:other>/",
        bodies.not_same,
        name="organisations-not-same",
    ),
    path("organisations/merges/<int:pk>/undo/", bodies.undo, name="undo-organisation-merge"),
    path("affiliations/<int:pk>/end/", organisations.end, name="end-affiliation"),
    # What is held of me.
    path("mine/", mine.mine, name="mine"),
    path("mine/consent/<slug:purpose>/<yes_or_no:word>/", mine.consent, name="my-consent"),
    path("mine/own-data/", mine.own_file, name="my-data"),
]
