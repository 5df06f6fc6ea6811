"""Figures: each a name, a definition in words and the rows it counts.

A room defines its figures in `figures.py` and registers them in `apps.py`; the page shows the
number, its definition, its trend and the rows behind it. Nobody types a figure.
"""
