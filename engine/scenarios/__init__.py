"""Scenario tests of a policy: given facts, on a day, these signals and tasks come, and none of those."""
