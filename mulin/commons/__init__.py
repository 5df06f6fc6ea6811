"""The commons: what several rooms do together."""
