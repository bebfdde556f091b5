"""Joining a cooperative with a phone: a code is shown, a key made, and a clerk agrees."""
