"""Measures Kakunin against the bare cost of the same work, in one run: ``make bench`` (see ``__main__``)."""
