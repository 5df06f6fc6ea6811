"""What changes a survey, one function each."""
