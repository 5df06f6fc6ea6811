"""The roof: pages that know every room and hold no rule."""
