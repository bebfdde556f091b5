"""A simulated county of any size: seeded, streaming, and valid under every rule of admission.

The same seed and size give the same events to the byte, and the same Ed25519 signatures (those of
P-256 are random by nature). Memory does not grow with the number of events.
"""
