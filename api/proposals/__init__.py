"""What the county's desk has proposed to sellers and buyers: it binds nobody, and is no event."""
