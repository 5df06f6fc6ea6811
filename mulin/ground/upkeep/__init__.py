"""What keeps an installation alive: backup, restore, what is unsafe or failing."""
