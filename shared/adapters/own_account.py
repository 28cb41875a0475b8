"""The credentials that this process runs as: those of the function's service account, or of a credentials file."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from google.auth.credentials import Credentials

SCOPES = ("https://www.googleapis.com/auth/cloud-platform",)


def own_credentials(*, universe_domain: str) -> "Credentials":
    """Our own credentials, as ones of that universe of Google Cloud; no token is asked for yet.

    In Google's own universe google-auth asks IAM Credentials, from a thread, in which regions the account may be used,
    and in no other universe. Raises DefaultCredentialsError where there are none.
    """
    import google.auth

    own: Credentials
    own, _ = google.auth.default(scopes=SCOPES)
    if own.universe_domain == universe_domain:
        return own
    return own.with_universe_domain(universe_domain)  # type: ignore[attr-defined, no-any-return]
