"""The rules of the house: plain Python and pydantic, no framework, clock, disk or network."""
