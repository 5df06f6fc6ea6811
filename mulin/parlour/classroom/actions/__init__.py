"""What changes in the classroom."""
