"""Label designs as data, by kind: where each field goes on a label of each size."""
