"""What changes communities, accounts and roles. Callers import the module they need."""
