"""sqlite-utils' Database, without pandas and numpy: a third of a second in every command, for tables nobody makes.

sqlite-utils looks for both when it is loaded, and does without what is not installed.
"""

import sys

_LEFT_OUT = [name for name in ("pandas", "numpy") if name not in sys.modules]
for _name in _LEFT_OUT:
    sys.modules[_name] = None  # type: ignore[assignment]  # as if it were not installed
try:
    from sqlite_utils import Database
finally:
    for _name in _LEFT_OUT:
        del sys.modules[_name]

__all__ = ["Database"]
