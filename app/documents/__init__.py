"""Papers people hand in: received, decoded and re-encoded, encrypted, kept as long as needed and no longer."""
