"""Each table belongs to communities, or stands in the list of those that do not, with a reason."""

import pytest
from django.db import connection, models
from django_scopes.exceptions import ScopeError

from mulin.ground.community.models import Community
from mulin.ground.community.tenancy import SHARED, is_word_index, tenant_models
from tests.shape.house import mulin_models

TENANT = [
    model
    for model in mulin_models()
    if model._meta.label not in SHARED and not is_word_index(model)
]
#: Unique by something else than the community first, and why that is right.
UNIQUE_WITHOUT = {
    "audit.ActDetail.act": "one to one; ids are unique over all communities",
    "ballots.PaperBox.constituency": "one to one; ids are unique over all communities",
    "classroom.Lesson.gathering": "one to one; ids are unique over all communities",
    "deliberation.Matter.need": "one to one; ids are unique over all communities",
    "deliberation.Meeting.gathering": "one to one; ids are unique over all communities",
    "deliberation.Point.item": "one to one; ids are unique over all communities",
    "deliberation.Publication.resolution": "one to one; ids are unique over all communities",
    "deliberation.Resolution.point": "one to one; ids are unique over all communities",
    "doublefive.Appraisal.season": "one to one; ids are unique over all communities",
    "doublefive.Project.chosen": "one to one; ids are unique over all communities",
    "elders.Meeting.gathering": "one to one; ids are unique over all communities",
    "flow.Need.follow_code": "a random code on a slip, unique over all communities",
    "flow.NeedPhoto.code": "a random code in an address, unique over all communities",
    "mediation.Agreement.case": "one to one; ids are unique over all communities",
    "mediation.Case.need": "one to one; ids are unique over all communities",
    "mediation.Exhibit.code": "a random code in an address, unique over all communities",
    "reception.WorkOrder.demand": "one to one; ids are unique over all communities",
    "reception.Demand.need": "one to one; ids are unique over all communities",
    "skills.Course.gathering": "one to one; ids are unique over all communities",
    "skills.Syllabus.skill": "one to one; ids are unique over all communities",
    "volunteers.Activity.gathering": "one to one; ids are unique over all communities",
    "volunteers.Pattern.series": "one to one; ids are unique over all communities",
    "suggestions.Idea.need": "one to one; ids are unique over all communities",
    "reception.Story.code": "a random code in an address, unique over all communities",
    "reception.Story.demand": "one to one; ids are unique over all communities",
}


def lacks_community(model):
    """What is wrong with the tenant column, or None."""
    column = next((one for one in model._meta.fields if one.name == "community"), None)
    if column is None:
        return "no column community"
    if column.null or column.remote_field is None or column.related_model is not Community:
        return "community is no key, or may be empty"
    return None


def do_not_start_with_community(model):
    """Indexes and unique constraints that a database parted by community could not keep.

    The plain index that Django gives each foreign key is left: it binds no values together.
    """
    wrong = []
    for rule in (*model._meta.indexes, *model._meta.constraints):
        binds = isinstance(rule, (models.Index, models.UniqueConstraint))
        if binds and (not rule.fields or rule.fields[0] != "community"):
            wrong.append(rule.name)
    for field in model._meta.fields:
        indexed = field.db_index and field.remote_field is None
        if not field.primary_key and (field.unique or indexed) and field.name != "community":
            wrong.append(field.name)
    wrong.extend("+".join(names) for names in model._meta.unique_together)
    return [name for name in wrong if f"{model._meta.label}.{name}" not in UNIQUE_WITHOUT]


@pytest.mark.parametrize("model", TENANT, ids=lambda model: model._meta.label)
def test_a_tenant_table_has_its_community(model):
    assert lacks_community(model) is None


@pytest.mark.parametrize("model", TENANT, ids=lambda model: model._meta.label)
def test_its_indexes_and_unique_constraints_start_with_the_community(model):
    assert do_not_start_with_community(model) == []


@pytest.mark.parametrize("model", TENANT, ids=lambda model: model._meta.label)
def test_a_query_that_forgets_the_community_raises(model):
    for manager in model._meta.managers:
        with pytest.raises(ScopeError):
            list(getattr(model, manager.name).all())


def test_every_shared_table_exists_and_has_a_reason():
    assert set(SHARED) <= {model._meta.label for model in mulin_models()}
    assert [label for label, reason in SHARED.items() if not reason.strip()] == []


def test_no_exception_outlives_its_field():
    existing = {
        f"{model._meta.label}.{field.name}" for model in TENANT for field in model._meta.fields
    }
    assert set(UNIQUE_WITHOUT) <= existing


@pytest.mark.postgres
@pytest.mark.django_db
def test_every_tenant_table_is_walled_in_by_the_database():
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity")
        walled = {row[0] for row in cursor.fetchall()}
    assert {model._meta.db_table for model in TENANT} <= walled
    assert {model._meta.label for model in tenant_models()} == {
        model._meta.label for model in TENANT
    }


@pytest.mark.postgres
@pytest.mark.django_db
def test_the_database_shows_nothing_to_whoever_names_no_community(cast):
    with connection.cursor() as cursor:
        counted = {}
        for model in TENANT:
            cursor.execute(f'SELECT count(*) FROM "{model._meta.db_table}"')  # noqa: S608
            counted[model._meta.label] = cursor.fetchone()[0]
    assert {label for label, count in counted.items() if count} == set()


@pytest.mark.django_isolate_apps("mulin.ground.community")
def test_a_table_that_breaks_the_rules_is_seen():
    class Homeless(models.Model):
        name = models.CharField(max_length=10)

        class Meta:
            app_label = "community"

    class Crooked(models.Model):
        community = models.ForeignKey(Community, models.PROTECT, null=True)
        code = models.CharField(max_length=10, unique=True)
        day = models.DateField(db_index=True)

        class Meta:
            app_label = "community"
            indexes = (models.Index(fields=("day", "community"), name="crooked_day"),)
            constraints = (
                models.UniqueConstraint(fields=("code", "community"), name="crooked_code"),
            )

    assert lacks_community(Homeless) == "no column community"
    assert lacks_community(Crooked) == "community is no key, or may be empty"
    assert do_not_start_with_community(Crooked) == [
        "crooked_day", "crooked_code", "code", "day",
    ]  # fmt: skip
