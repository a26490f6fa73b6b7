"""Policy and snapshot to conclusions, by either of two engines."""
