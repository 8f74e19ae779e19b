"""Tests of the rules of the house: pure, no doubles, under two seconds."""
