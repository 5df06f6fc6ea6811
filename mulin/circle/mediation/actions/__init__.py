"""A quarrel comes in, mediators are chosen, it is talked over, agreed, looked after, closed."""
