"""Who works for the bureau: names, roles, rights, two factors, sessions."""
