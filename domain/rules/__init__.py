"""The rules of admission, a file each; `domain.decide` says which hold for which event."""
