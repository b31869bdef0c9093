"""Moving a whole installation: from one database to another, into a backup, and back."""
