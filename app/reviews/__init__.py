"""Cases that wait for a human decision: queue, due time, claim, decision with reasons, appeal. Knows nothing of what is decided."""
