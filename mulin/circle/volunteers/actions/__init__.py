"""What is done in the room of volunteers."""
