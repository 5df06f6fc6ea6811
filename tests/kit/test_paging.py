"""Pages of a long list."""

from django.db.models import Count

from mulin.ground.places.models import Building
from mulin.kit.paging import page_of
from mulin.kit.scoping import in_community
from tests.factories.places import BuildingFactory


def test_a_list_that_counts_what_belongs_to_it_keeps_the_order_of_its_model(cast):
    with in_community(cast.xinjie):
        for name in ("7幢", "5幢", "9幢"):
            BuildingFactory(community=cast.xinjie, grid=cast.grid_1, name=name)
        counted = Building.objects.annotate(doors=Count("units"))
        assert not counted.ordered
        names = [one.name for one in page_of(counted, {}).rows]
        assert names == [one.name for one in Building.objects.all()]
