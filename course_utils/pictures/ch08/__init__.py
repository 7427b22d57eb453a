"""What only the pages of chapter 8 draw."""
