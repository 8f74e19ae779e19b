"""Tests of reading what strangers send."""
