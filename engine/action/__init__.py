"""Conclusions and history to decisions, tasks and the commit."""
