"""Whether a failure of holdfast comes from a store that is damaged."""

from engine.audit.checking import check_store
from engine.errors import HoldfastError, StoreError
from engine.store.opening import FILE, opened, read_store


def damage_behind() -> HoldfastError | None:
    """What is damaged in a store that this process has opened, as an error with the way out; None where none is."""
    for folder in sorted(opened):
        if not (folder / FILE).is_file():
            continue
        try:
            with read_store(folder) as store:
                damages = check_store(store).damages
        except HoldfastError as error:
            return error
        if damages:
            return StoreError(
                f"the store {folder} is damaged: {damages[0].name}",
                "holdfast audit check names all of it; put back your last copy of the folder",
            )
    return None
