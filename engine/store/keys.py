"""The part `audit` of a workspace's settings: with which key entries of the ledger are signed, and by which checked."""

from dataclasses import dataclass
from pathlib import Path

from pydantic import Field

from engine.policy.faults import Fault
from engine.policy.reading import Spot
from engine.policy.shapes import Shape


@dataclass(frozen=True)
class Keys:
    """Files of keys: the private one that signs, and the public ones of which one must have signed each entry."""

    private: Path | None = None
    public: tuple[Path, ...] = ()


class KeysShape(Shape):
    """As it is written: `audit: {key: ~/firm.pem, public: firm.pem.pub}`."""

    key: str | None = Field(None, min_length=1)
    public: str | list[str] | None = None


def keys_of(form: KeysShape | None, spot: Spot, root: Path) -> tuple[Keys, list[Fault]]:
    """The keys that the settings name, with what is wrong: a private key inside the workspace proves nothing."""
    if form is None:
        return Keys(), []
    public = [form.public] if isinstance(form.public, str) else form.public or ()
    keys = Keys(_path(form.key, root) if form.key else None, tuple(_path(name, root) for name in public))
    if keys.private is not None and keys.private.resolve().is_relative_to(root.resolve()):
        message = "a private key inside the workspace proves nothing: who can write the store can read it"
        return keys, [Fault("wrong-value", (spot / "key").value, message, "keep it elsewhere", len(form.key or ""))]
    return keys, []


def _path(name: str, root: Path) -> Path:
    return root / Path(name).expanduser()
