"""The one family of errors that a user may see; each carries the way out."""

from engine.messages import in_language


class HoldfastError(Exception):
    """Something the user can mend. `hint` says how; the command ends with `exit_code`."""

    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def said(self, language: str) -> tuple[str, str]:
        """Message and hint in `language`; English where no catalogue has them."""
        return in_language(self.message, language), in_language(self.hint, language)


class UsageError(HoldfastError):
    """The command was called wrongly: an unknown id, a flag that does not fit."""

    exit_code = 2


class PolicyError(HoldfastError):
    """The policy has faults; the run did not start."""


class FactsError(HoldfastError):
    """The facts cannot be read, or too many rows do not fit."""


class StoreError(HoldfastError):
    """The store is locked, damaged, read-only or full."""


class EngineError(HoldfastError):
    """An engine could not finish, or is not installed."""
