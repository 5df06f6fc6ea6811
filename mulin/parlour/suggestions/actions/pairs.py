"""Pairs of characters by which similar ideas are found: learnt with an idea, forgotten with its words.

No act by itself: it is done within one, which locks the head of the chain, so that counts stay exact.
"""

from collections import Counter
from collections.abc import Collection

from django.db.models import F

from mulin.parlour.suggestions.models import Idea, IdeaPair, PairCount
from mulin.parlour.suggestions.rules import pairs_of


def learn_pairs(idea: Idea, words: str) -> None:
    """Let an idea be found by its words. Four statements, whatever their length."""
    pairs = pairs_of(words)
    community = idea.community_id
    IdeaPair.objects.bulk_create(
        IdeaPair(community_id=community, idea=idea, pair=pair) for pair in pairs
    )
    known = PairCount.objects.filter(pair__in=pairs)
    there = set(known.values_list("pair", flat=True))
    known.update(count=F("count") + 1)
    PairCount.objects.bulk_create(
        PairCount(community_id=community, pair=pair, count=1) for pair in pairs if pair not in there
    )


def forget_pairs(ideas: Collection[int]) -> None:
    """Their words are found no more. Safe to run twice."""
    rows = IdeaPair.objects.filter(idea__in=ideas)
    lost = Counter(rows.values_list("pair", flat=True))
    for times in sorted(set(lost.values())):
        gone = [pair for pair, count in lost.items() if count == times]
        PairCount.objects.filter(pair__in=gone).update(count=F("count") - times)
    rows.delete()
