"""What people see: rendered task texts, tables, JSON."""
