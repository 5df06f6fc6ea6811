"""A chain to tamper with, and the hands that do it: raw SQL, as whoever has the database would."""

from contextlib import contextmanager
from datetime import timedelta

from django.db import connection

from mulin.ground.audit.actions import recording
from mulin.ground.audit.models import Act
from mulin.kit.scoping import in_community
from tests.clock import NOW


def write_acts(cast, count=8):
    """So many acts of 小陈 in 新街社区."""
    with in_community(cast.xinjie):
        for number in range(count):
            with recording(cast.chen.actor, "walk", now=NOW + timedelta(minutes=number)) as act:
                act.on(cast.grid_1, before={"step": number}, after={"step": number + 1})


def sql(statement, *values):
    """Run it past Django."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def remove(seq):
    """Take an act and its detail out."""
    act = Act.objects.get(seq=seq)
    sql("DELETE FROM audit_actdetail WHERE act_id = %s", act.pk)
    sql("DELETE FROM audit_act WHERE id = %s", act.pk)


def drop_uniqueness():
    """What whoever can alter tables would do before writing an act twice."""
    if connection.vendor == "postgresql":
        # Acts written in this transaction have foreign keys still to be checked.
        sql("SET CONSTRAINTS ALL IMMEDIATE")
        for name in ("act_seq_once", "act_chain_no_fork"):
            sql(f"ALTER TABLE audit_act DROP CONSTRAINT {name}")
        return
    sql("PRAGMA legacy_alter_table = ON")
    sql("ALTER TABLE audit_act RENAME TO audit_act_once")
    sql("CREATE TABLE audit_act AS SELECT * FROM audit_act_once")
    sql("PRAGMA legacy_alter_table = OFF")


@contextmanager
def inside(cast):
    """The scope in which the tampering hand works; on PostgreSQL a role without it sees nothing."""
    with in_community(cast.xinjie):
        yield
