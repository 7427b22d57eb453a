"""What only the pages of chapter 09 draw, and the texts and helpers that would make them long."""
