"""What changes an election, its roll, its urn and its paper."""
