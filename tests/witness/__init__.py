"""Tests of keeping files by their hash, on a real disk."""
