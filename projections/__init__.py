"""Read models: what the ledger's events come to, each droppable and rebuildable from them."""
