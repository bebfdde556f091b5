"""The GS1-Conformant Resolver: what an identifier's address leads to."""
