"""Sources to a typed, frozen snapshot; rows that do not fit are set aside."""
