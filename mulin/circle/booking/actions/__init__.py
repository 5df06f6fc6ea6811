"""Rooms are kept, people checked, rooms booked, keys and money handed over."""
