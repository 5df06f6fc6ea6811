"""The pages of the workshop, one module per desk of it."""
