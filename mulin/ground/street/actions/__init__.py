"""Acts: `sums` are made, `grants` given and ended, something is handed up (`hand_up`) and back."""
