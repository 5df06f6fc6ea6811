"""What changes in the childcare room."""
