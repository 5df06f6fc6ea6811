"""The pages of gatherings: planning, the door, the street."""
