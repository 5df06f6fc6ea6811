"""A foreign key is an arrow too: it points down, or stays inside its package."""

import pytest
from django.db import models

from tests.shape.house import FLOORS, GROUND, HALLS, mulin_models, place_of

#: Arrows between rooms that the architecture allows, and what for.
ALLOWED = {
    ("skills", "production"): "the order book",
    ("wages", "production"): "accepted pieces",
    ("childcare", "production"): "who works today",
    ("elders", "alarms"): "an alarm belongs to an elder's care",
}


def points_down(source, target):
    """Whether a table at `source` may have a key to one at `target`; each (floor, package)."""
    if source == target:
        return True
    if source[0] == target[0] == "ground":
        return GROUND.index(target[1]) < GROUND.index(source[1])
    if source[0] in HALLS and target[0] in HALLS:
        return (source[1], target[1]) in ALLOWED
    return FLOORS.index(target[0]) < FLOORS.index(source[0])


def keys():
    for model in mulin_models():
        for field in model._meta.get_fields():
            if field.is_relation and not field.auto_created and field.related_model is not None:
                yield model, field


def test_every_key_points_down():
    wrong = [
        f"{model._meta.label}.{field.name} → {field.related_model._meta.label}"
        for model, field in keys()
        if field.related_model.__module__.startswith("mulin.")
        and not points_down(place_of(model), place_of(field.related_model))
    ]
    assert wrong == []


def test_no_key_points_out_of_the_house():
    """Framework tables are not ours to depend on: they change with the framework."""
    wrong = [
        f"{model._meta.label}.{field.name} → {field.related_model._meta.label}"
        for model, field in keys()
        if not field.related_model.__module__.startswith("mulin.")
    ]
    assert wrong == []


def test_no_key_points_at_anything_whatever():
    """A generic key is an arrow in every direction; records above are named by kind and id."""
    wrong = [
        f"{model._meta.label}.{field.name}"
        for model in mulin_models()
        for field in model._meta.private_fields
        if not isinstance(field, models.Field)
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("source", "target", "may"),
    [
        (("ground", "people"), ("ground", "community"), True),
        (("ground", "audit"), ("ground", "people"), False),
        (("commons", "flow"), ("ground", "places"), True),
        (("commons", "flow"), ("commons", "paper"), False),
        (("parlour", "reception"), ("commons", "flow"), True),
        (("commons", "flow"), ("parlour", "reception"), False),
        (("parlour", "reception"), ("parlour", "deliberation"), False),
        (("workshop", "wages"), ("workshop", "production"), True),
        (("workshop", "production"), ("workshop", "wages"), False),
        (("parlour", "reception"), ("site", "site"), False),
    ],
)
def test_the_rule_of_the_arrows(source, target, may):
    assert points_down(source, target) is may
