"""What changes on a round: one function, one transaction, one act."""
