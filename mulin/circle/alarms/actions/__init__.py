"""What is done in the watch: raised, climbed, answered, expected, set up, proven."""
