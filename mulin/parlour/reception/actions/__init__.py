"""What is done in reception, one module per noun."""
