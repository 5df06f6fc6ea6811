"""What is asked of a password, in words that Mulin says itself."""

from django.contrib.auth.password_validation import MinimumLengthValidator
from django.utils.translation import ngettext


class LongEnough(MinimumLengthValidator):
    """The length that Django asks for; its own sentence is not there in Chinese."""

    def get_error_message(self) -> str:
        """What is wrong with a short one."""
        return ngettext(
            "That is too short: it takes %(count)d character.",
            "That is too short: it takes %(count)d characters. Three or four words in a row are"
            " easy to remember.",
            self.min_length,
        ) % {"count": self.min_length}
