"""The pages of rounds, one module per thing."""
