"""The same workshop, for wages."""

from tests.production.conftest import shop

__all__ = ["shop"]
