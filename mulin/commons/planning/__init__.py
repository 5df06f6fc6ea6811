"""What several rooms plan: where the next place should go. Pure: no Django, no tables.

Words: *site* 选址 (a place that may be chosen), *cover* (who reaches a place in time), *mean walk*
(how far people walk to their nearest place), *bound* (no choice can be better than this).
"""
