"""Papers people hand in: received, decoded and written anew, encrypted, kept as long as needed and no longer."""
