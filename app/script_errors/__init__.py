"""Faults of our own scripts on people's phones: which file and line failed in which engine, counted. Nobody is in it."""
