"""Signing in by name, password and second factor: members of the bureau and operators of institutions alike."""
