"""What changes in the workshop: one function, one transaction, one act."""
