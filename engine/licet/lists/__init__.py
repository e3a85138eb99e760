"""Official lists of parties: read, normalized, kept, compared."""
