"""Rows for tests, one module per package; nothing is made that was not asked for.

Tables of a community are filled inside its scope: `with in_community(community): …`.
"""
