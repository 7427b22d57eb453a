"""What only the pages of chapter 2 draw."""
