"""New events: the fields that each has from the start, and who holds the pen."""
