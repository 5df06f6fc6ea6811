"""The pages of the hall: the street, the desk, the meeting."""
