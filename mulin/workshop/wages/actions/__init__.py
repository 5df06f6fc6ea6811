"""What changes in wages: one function, one transaction, one act."""
