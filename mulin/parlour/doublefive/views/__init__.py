"""Pages: `desk` for whoever works here, `resident` for the street."""
