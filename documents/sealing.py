"""Encryption of files at rest, with the same keys as the encrypted fields."""

from __future__ import annotations

from cryptography.fernet import InvalidToken

from web.fields import fernet


def sealed(content: bytes) -> bytes:
    """`content`, encrypted and authenticated with the newest key."""
    return fernet().encrypt(content)


def opened(token: bytes) -> bytes | None:
    """What `sealed` was given, or None when the token has been changed or its key is gone."""
    try:
        return fernet().decrypt(token)
    except InvalidToken:
        return None


def resealed(token: bytes) -> bytes:
    """`token` under the newest key. Raises InvalidToken when it cannot be opened."""
    return fernet().rotate(token)
