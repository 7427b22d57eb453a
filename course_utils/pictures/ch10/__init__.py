"""What only the pages of chapter 10 draw."""
