"""Places: buildings, units, dwellings, and places with hours; a QR code for each.

Words: *building* 幢, *unit* 单元, *dwelling* 室, *place* 场所, *residence* (who lives where).
"""
