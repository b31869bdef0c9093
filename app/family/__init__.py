"""Family accounts (亲情账户): links between a holder and members, how they begin, what they allow, how they end."""
