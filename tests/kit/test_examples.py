import doctest

import pytest

from mulin.kit import grams, money, names, phones


@pytest.mark.parametrize("module", [grams, money, names, phones])
def test_the_examples_in_the_docstrings_are_true(module):
    result = doctest.testmod(module)
    assert result.attempted
    assert not result.failed
