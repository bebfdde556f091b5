"""Makes events permanent and proves that they are: envelopes, tree, sequencer, verifier."""
