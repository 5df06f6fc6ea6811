"""The pages of the roll, one module per subject."""
