"""The REST interface: events in, batches, proofs and labels out."""
