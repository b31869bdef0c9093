"""The operator's secrets: made once, rotated with overlap."""
