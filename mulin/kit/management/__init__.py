"""Commands of Django that Mulin does in its own way."""
