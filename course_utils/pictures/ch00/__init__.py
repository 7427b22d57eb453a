"""What only the pages of chapter 0 draw."""
