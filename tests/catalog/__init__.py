"""Tests of reading checklist files, and of the files we publish."""
