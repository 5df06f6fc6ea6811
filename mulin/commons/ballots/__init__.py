"""Ballots 选票: rolls, the urn, and the count. Words: see `counting`."""
