"""Errors of our own scripts on people's phones: which file and line failed in which engine, counted. Nothing about a person."""
