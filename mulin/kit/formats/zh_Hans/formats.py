"""Days as they are written in Chinese."""

MONTH_DAY_FORMAT = "n月j日"  # Django's own says 03月3日
