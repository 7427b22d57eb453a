"""What only the pages of chapter 7 draw."""
