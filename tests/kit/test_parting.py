"""Tables that are parted by community hold what they held, and keep their keys and walls."""

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ModelState

from mulin.commons.gatherings.models import Attendance
from mulin.ground.audit.models import Act, ActDetail
from mulin.ground.people.actions.persons import register_person
from mulin.kit.ids import next_id
from mulin.kit.models import IdField
from mulin.kit.parting import PARTS, PartByCommunity, parts_of
from mulin.kit.scoping import in_community, protect_tables
from mulin.parlour.reception.models import Visit
from mulin.workshop.production.models import Movement
from tests.clock import NOW

PARTED = (Act, ActDetail, Visit, Attendance, Movement)
#: Keys that point at a parted table; each was there when it was parted, and was bound anew.
POINTING = {
    "audit.ActDetail.act", "production.Movement.reverses", "wages.MoneyLine.movement",
}  # fmt: skip


def test_the_migrations_part_these_tables():
    loader = MigrationLoader(None)
    asked = {
        apps.get_model(label, step.name)
        for (label, _name), migration in loader.disk_migrations.items()
        for step in migration.operations
        if isinstance(step, PartByCommunity)
    }
    assert asked == set(PARTED)


def test_a_new_table_that_points_at_a_parted_one_has_no_key_the_database_could_not_keep():
    """PostgreSQL knows no id alone there: a later key takes `db_constraint=False`."""
    pointing = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.remote_field and field.related_model in PARTED and field.db_constraint
    }
    assert pointing == POINTING


def said(question, *values):
    with connection.cursor() as cursor:
        cursor.execute(question, values)
        return cursor.fetchall()


@pytest.mark.postgres
@pytest.mark.django_db
@pytest.mark.parametrize("model", PARTED, ids=lambda model: model._meta.label)
def test_a_cluster_could_lay_its_parts_on_machines_of_their_own(model):
    table = model._meta.db_table
    assert said("SELECT pg_get_partkeydef(%s::regclass)", table) == [("HASH (community_id)",)]
    keys = said(
        "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass"
        " AND contype IN ('p', 'u') UNION ALL SELECT indexdef FROM pg_indexes"
        " WHERE tablename = %s AND indexdef LIKE 'CREATE UNIQUE%%'",
        table, table,
    )  # fmt: skip
    assert keys
    assert [text for (text,) in keys if "(community_id" not in text] == []
    pointing = said(
        "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE confrelid = %s::regclass", table
    )
    assert [text for (text,) in pointing if "FOREIGN KEY (community_id, " not in text] == []
    walled = said("SELECT relname FROM pg_class WHERE relforcerowsecurity")
    assert {(name,) for name in (table, *parts_of(table))} <= set(walled)


@pytest.mark.postgres
def test_a_question_of_one_community_opens_one_part(cast):
    with in_community(cast.xinjie):
        for model in PARTED:
            (plan,) = said(
                f"EXPLAIN (ANALYZE, COSTS OFF, FORMAT JSON) SELECT * FROM {model._meta.db_table}"  # noqa: S608
            )
            assert f"'Subplans Removed': {PARTS - 1}" in str(plan)


@pytest.mark.postgres
def test_rows_go_along_and_keep_their_keys_when_a_table_is_parted(cast):
    """A table of a shape of its own, filled for both communities, parted, parted again."""
    made = []
    with connection.schema_editor() as editor, connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE audit_leaf (id bigint PRIMARY KEY, community_id bigint NOT NULL"
            " REFERENCES community_community DEFERRABLE INITIALLY DEFERRED, words text NOT NULL"
            " CHECK (words <> ''), person_id bigint NOT NULL CONSTRAINT leaf_person"
            " REFERENCES people_person DEFERRABLE INITIALLY DEFERRED, above_id bigint CONSTRAINT"
            " leaf_above REFERENCES audit_leaf DEFERRABLE INITIALLY DEFERRED)"
        )
        cursor.execute("CREATE INDEX leaf_words ON audit_leaf (community_id, words)")
        protect_tables(["audit_leaf"])
        for town, by in ((cast.xinjie, cast.chen.actor), (cast.linli, cast.li.actor)):
            with in_community(town):
                person = register_person(by=by, now=NOW, name="叶子")
                made += [(next_id(), town.pk, str(number), person.pk) for number in range(20)]
                cursor.executemany(
                    "INSERT INTO audit_leaf VALUES (%s, %s, %s, %s, NULL)", made[-20:]
                )
                cursor.execute("UPDATE audit_leaf SET above_id = %s", [made[-1][0]])
        state = MigrationLoader(None).project_state()
        state.add_model(leaf())
        for _time in range(2):
            PartByCommunity("Leaf").database_forwards("audit", editor, state, state)
    assert said("SELECT count(*) FROM audit_leaf") == [(0,)]
    for town in (cast.xinjie, cast.linli):
        with in_community(town):
            mine = [one for one in made if one[1] == town.pk]
            assert said("SELECT id, community_id, words, person_id FROM audit_leaf") == mine
            assert said("SELECT DISTINCT above_id FROM audit_leaf") == [(mine[-1][0],)]
            refused("INSERT INTO audit_leaf SELECT * FROM audit_leaf")
            refused("UPDATE audit_leaf SET above_id = 7")
            refused("UPDATE audit_leaf SET words = ''")
            refused("UPDATE audit_leaf SET person_id = 7")
    assert said("SELECT count(*) FROM pg_indexes WHERE indexname = 'leaf_words'") == [(1,)]
    assert said("SELECT count(*) FROM pg_class WHERE relname = 'audit_leaf_whole'") == [(0,)]


def leaf():
    return ModelState("audit", "Leaf", [("id", IdField())])


def refused(statement):
    """By a key that is asked at once, or at the end."""
    with pytest.raises(IntegrityError), transaction.atomic():
        done(statement)


def done(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
