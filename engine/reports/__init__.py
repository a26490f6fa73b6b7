"""Reports: what the last night knows, as plain tables."""
