"""The demo: made-up worlds that walk the real services."""
