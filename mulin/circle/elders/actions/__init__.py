"""What changes in the room, one module a subject."""
