"""What happens to the roll: persons, households and organisations, consents, merges, erasure,
and files of persons. Callers import the module they need.
"""
