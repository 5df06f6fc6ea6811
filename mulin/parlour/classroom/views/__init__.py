"""Pages of the classroom: kits, lessons, the class on its phones, draws, online lessons."""
