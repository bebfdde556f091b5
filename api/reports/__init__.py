"""What shoppers say of a batch: a word and a photo, for its producer and the county."""
