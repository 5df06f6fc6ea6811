"""What is done to the rota."""
