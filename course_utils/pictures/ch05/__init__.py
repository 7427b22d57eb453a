"""What only the pages of chapter 5 draw."""
