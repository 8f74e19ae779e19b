"""Reads checklist files: strictly, with places, against the lock. It knows no database and no HTTP."""
