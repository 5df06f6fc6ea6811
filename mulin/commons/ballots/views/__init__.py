"""Pages of a vote: the voter's, the committee's, the key holders', the observers', the board."""
