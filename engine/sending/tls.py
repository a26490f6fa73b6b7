"""Encrypted connections: the server's certificate and name are always checked."""

import ssl
from pathlib import Path

from engine.sending.trouble import Later


def trusting(ca_file: Path | None) -> ssl.SSLContext:
    """Trust in the system's certificates, or in those of `ca_file` alone. Raises Later where that cannot be read."""
    try:
        context = ssl.create_default_context(cafile=str(ca_file) if ca_file else None)
    except (OSError, ssl.SSLError):
        raise Later("ca_file", ca_file.name if ca_file else "", whole=True) from None
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
