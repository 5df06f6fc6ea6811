"""What changes in the hall, one function each."""
