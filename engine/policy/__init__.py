"""YAML text to a checked policy: shapes, expressions, types, strata, faults with places."""
