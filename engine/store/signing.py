"""Signing the ledger's entries with an Ed25519 key that lies outside the store."""

import hashlib
import os
from pathlib import Path

from engine.errors import StoreError, UsageError

KEY_PATH = "HOLDFAST_SIGNING_KEY"  # in the environment, names the file of the private key for all workspaces
_SHORT = 16  # hexadecimal digits that name a public key


_keys: dict[Path, Path] = {}  # the private key's file of each store, as its workspace's settings say


def sign_with(store: Path, key: Path | None) -> None:
    """Sign what is written to the store in this folder with a key from now on; None: no more."""
    if key is None:
        _keys.pop(store.resolve(), None)
    else:
        _keys[store.resolve()] = key


def signing_key(store: Path) -> Path | None:
    """The file of the key that signs entries of the store in this folder, where there is one."""
    named = os.environ.get(KEY_PATH)
    return Path(named) if named else _keys.get(store.resolve())


def check_key(store: Path) -> None:
    """Raise StoreError where entries are to be signed and the key cannot be used: before a night, not after it."""
    sign("", store)


def sign(hash: str, store: Path) -> tuple[str, str] | None:
    """The name of the public key and the signature of an entry's hash, as hexadecimal digits.

    None where neither the settings nor the environment name a key. Raises StoreError where the key cannot be read.
    """
    path = signing_key(store)
    if path is None:
        return None
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except OSError as error:
        raise StoreError(
            f"the signing key {path} cannot be read: {error.strerror}",
            f"see `audit:` in holdfast.yaml, or {KEY_PATH}",
        ) from error
    except (ValueError, TypeError) as error:
        raise StoreError(f"{path} is no private key", "make one: holdfast audit key FILE") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise StoreError(f"{path} is no Ed25519 key", "make one: holdfast audit key FILE")
    return key_name(key.public_key().public_bytes_raw()), key.sign(bytes.fromhex(hash)).hex()


def make_key(path: Path) -> tuple[Path, str]:
    """Write a new private key to `path`, for its owner alone, and the public key beside it, as `.pub`.

    Gives the public key's file and name. Raises UsageError where a file is there already.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    beside = path.with_name(path.name + ".pub")
    try:
        for file, text, mode in ((path, private, 0o600), (beside, public, 0o644)):
            with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as opened:  # noqa: PTH123 - a descriptor
                opened.write(text)
    except FileExistsError as error:
        raise UsageError(f"{error.filename} is there already", "name another file") from error
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}", "name another file") from error
    return beside, key_name(key.public_key().public_bytes_raw())


class PublicKey:
    """A public key, read from its file. Raises UsageError where that is none."""

    def __init__(self, path: Path) -> None:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
        from cryptography.hazmat.primitives.serialization import load_pem_public_key

        try:
            key = load_pem_public_key(path.read_bytes())
        except OSError as error:
            raise UsageError(f"{path} cannot be read: {error.strerror}", "name the file of the public key") from error
        except (ValueError, TypeError) as error:
            raise UsageError(f"{path} is no public key", "give the .pub file of holdfast audit key") from error
        if not isinstance(key, Ed25519PublicKey):
            raise UsageError(f"{path} is no Ed25519 key", "give the .pub file of holdfast audit key")
        self._key = key
        self.name = key_name(key.public_bytes_raw())

    def signed(self, hash: str, signature: str | None) -> bool:
        """Whether the signature of an entry's hash is this key's."""
        from cryptography.exceptions import InvalidSignature

        if signature is None:
            return False
        try:
            self._key.verify(bytes.fromhex(signature), bytes.fromhex(hash))
        except (InvalidSignature, ValueError, TypeError):
            return False
        return True


def key_name(public: bytes) -> str:
    """A short name of a public key."""
    return hashlib.sha256(public).hexdigest()[:_SHORT]
