"""Renderers: each turns placed labels into one file format."""
