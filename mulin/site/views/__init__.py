"""The pages of the roof: signing in, errors, preferences, accounts; home and my day."""
