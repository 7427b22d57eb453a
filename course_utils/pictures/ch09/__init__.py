"""What only the pages of chapter 9 draw."""
