"""The service account that the local platform runs as, and its file.

`python -m local.identity.account FILE PROJECT TOKEN_URI` keeps the file. The key is made once, so that credentials
people copied go on working; it opens nothing but the stand-ins. cryptography is imported where it is used: 2 MB more
in a process that needs only names.
"""

import hashlib
import json
import os
import sys
from pathlib import Path
from typing import NamedTuple

# Of our own, because in Google's google-auth asks Google itself in which regions an account may be used. No such name
# can lead off this machine (RFC 6761, section 6.3).
UNIVERSE_DOMAIN = "convergence.localhost"
_KEY_BITS = 2048
_PUBLIC_EXPONENT = 65537


class Account(NamedTuple):
    """Who it is, the key it signs with (PEM), the key that verifies (PEM), and where it gets tokens."""

    email: str
    key_id: str
    private_key: str
    public_key: str
    token_uri: str


def email_of(project: str) -> str:
    """The service account's e-mail address, which is its name."""
    return f"convergence@{project}.iam.gserviceaccount.com"


def keep_account(path: Path, *, project: str, token_uri: str) -> Account:
    """Write the service-account file, mode 0600, with the key it already has or a first one."""
    private_key = _read_private_key(path) or _generate_private_key()
    account = _account(private_key, email=email_of(project), token_uri=token_uri)
    content = {
        "type": "service_account",
        "project_id": project,
        "private_key_id": account.key_id,
        "private_key": account.private_key,
        "client_email": account.email,
        "client_id": "1",
        "token_uri": account.token_uri,
        "universe_domain": "googleapis.com",
    }
    _write_private(path, json.dumps(content, indent=2) + "\n")
    return account


def load_account(path: Path) -> Account:
    """Read the account of a service-account file that `keep_account` wrote."""
    content = json.loads(path.read_text("utf-8"))
    return _account(content["private_key"], email=content["client_email"], token_uri=content["token_uri"])


def _account(private_key: str, *, email: str, token_uri: str) -> Account:
    from cryptography.hazmat.primitives import serialization

    key = serialization.load_pem_private_key(private_key.encode("ascii"), password=None)
    public_key = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    # As long as Google's key ids, and another one for another key.
    key_id = hashlib.sha1(public_key, usedforsecurity=False).hexdigest()
    return Account(email, key_id, private_key, public_key.decode("ascii"), token_uri)


def _read_private_key(path: Path) -> str | None:
    if not path.exists():
        return None
    private_key: str = json.loads(path.read_text("utf-8"))["private_key"]
    return private_key


def _generate_private_key() -> str:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=_PUBLIC_EXPONENT, key_size=_KEY_BITS)
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode("ascii")


def _write_private(path: Path, text: str) -> None:
    """Replace the file at once; nobody else may read it at any moment."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    fresh.replace(path)


def main() -> None:
    file, project, token_uri = sys.argv[1:]
    keep_account(Path(file), project=project, token_uri=token_uri)


if __name__ == "__main__":
    main()
