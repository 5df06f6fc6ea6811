"""How an action says no."""

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from mulin.kit.refusals import Refused


def test_a_refusal_is_told_in_the_language_in_which_it_is_read():
    with translation.override("zh-hans"):  # as while an act is recorded
        refusal = Refused(
            _("Of this lot %(held)s pieces are there. Count again."), {"held": 250}, field="pieces"
        )
        chinese = str(refusal)
    assert chinese == "这一批那里有 250 件，请再数一遍。"
    with translation.override("en"):
        english = "Of this lot 250 pieces are there. Count again."
        assert str(refusal.message) == str(refusal) == english


def test_words_without_values_may_have_a_sign_of_per_cent():
    assert str(Refused("100% of it")) == "100% of it"
