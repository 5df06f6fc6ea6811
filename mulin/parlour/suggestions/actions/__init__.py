"""What changes the state of ideas and of topics."""
