"""Pages of the childcare room: the day, a child, the door, who works here, the family."""
