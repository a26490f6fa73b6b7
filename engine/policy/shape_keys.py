"""Which keys a shape knows, for the nearest right one."""

from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel


def keys_at(form: Any, loc: tuple[str | int, ...]) -> list[str]:
    """The keys that the shape at `loc` below `form` knows, in their order."""
    models = list(_models(form))
    for part in loc:
        inner = [m.model_fields[n] for m in models for n in m.model_fields if (m.model_fields[n].alias or n) == part]
        if inner:
            models = [m for f in inner for m in _models(f.annotation)]
    return list(dict.fromkeys(f.alias or name for m in models for name, f in m.model_fields.items()))


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    else:
        for arg in get_args(annotation):
            yield from _models(arg)
