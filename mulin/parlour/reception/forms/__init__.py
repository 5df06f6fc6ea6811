"""What is typed in reception → clean values, with the message beside the field."""
