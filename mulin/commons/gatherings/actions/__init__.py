"""What changes a gathering, one function each."""
