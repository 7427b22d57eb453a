"""What only the pages of chapter 6 draw."""
