"""Secrets, read from where holdfast.yaml says they are, at the moment they are needed."""

import os

from engine.sending.terms import Secret
from engine.sending.trouble import Later


def secret_value(secret: Secret) -> str:
    """The secret itself. Raises Later, naming what is missing and not what it holds."""
    if secret.file is None:
        value, name, missing = os.environ.get(secret.variable, "").strip(), secret.variable, "no_variable"
    else:
        name, missing = secret.file.name, "no_file"
        try:
            value = secret.file.read_text(encoding="utf-8-sig").strip()
        except (OSError, UnicodeDecodeError):
            value = ""
    if not value:
        raise Later(missing, name, whole=True)
    if not value.isprintable():
        raise Later("many_lines", name, whole=True)
    return value
