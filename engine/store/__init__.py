"""The store: one SQLite database (tasks, episodes, human words, runs) and the conclusions of every run beside it."""

from engine.store.opening import Store, copy_store, open_store, run_lock

__all__ = ["Store", "copy_store", "open_store", "run_lock"]
