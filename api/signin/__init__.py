"""Signing in: by a signature, so that there is no password; who looks, on each request."""
