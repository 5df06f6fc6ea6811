"""What is done: `seasons` by the head, `ideas` by authors and the desk, `screening` by screeners."""
