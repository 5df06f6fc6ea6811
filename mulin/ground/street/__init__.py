"""The street office 街道 above its communities: sums side by side, what was handed up, and back.

Words: *sum* (a registered figure of one community in one period, as the street reads it), *grant*
授权 (the head of a community lets the street look at something until a day), *handed up* 上交
街道 (what a community cannot solve alone), *opening* (what a grant opens), *door* (the room that
a thing came from, and that is told when the street takes, answers or gives it back).

The street reads over communities, and a query inside a community sees no other one. So the three
tables stand outside the wall and hold nothing that needs it: sums without persons, held back
before they are written; grants; and words that a community released.
"""
