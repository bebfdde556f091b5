"""Scans of single units: a history without persons, and what looks wrong in it."""
