"""What is typed at the door and by those who keep the team."""
