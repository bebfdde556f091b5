"""GraphQL for buyers: what is on offer, what stands behind it, and ordering it."""
