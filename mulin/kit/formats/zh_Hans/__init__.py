"""Chinese as it is written on the mainland."""
