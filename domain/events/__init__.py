"""The facts that the ledger holds, one frozen struct a type (`docs/event-format.md`)."""
