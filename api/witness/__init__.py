"""A small witness (C2SP tlog-witness) to run beside a ledger, on another's machine and data."""
