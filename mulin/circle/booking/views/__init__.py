"""What the street sees, what a booker does, what the desk does, how rooms are kept."""
