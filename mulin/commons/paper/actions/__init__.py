"""Printing sheets, taking files in, keeping what was read, handing in what was looked at."""
