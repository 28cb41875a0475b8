"""Google's own credentials of the local service account, for a client of the stand-ins."""

from pathlib import Path

from google.oauth2 import service_account

from local.identity.account import UNIVERSE_DOMAIN


def load_credentials(path: Path) -> service_account.Credentials:
    """Credentials of a file that `keep_account` wrote, in the stand-ins' universe: no client asks Google about them.

    A client has to be told the address besides; by BIGQUERY_EMULATOR_HOST alone it stays in Google's universe.
    """
    credentials = service_account.Credentials.from_service_account_file(path)  # type: ignore[no-untyped-call]
    return credentials.with_universe_domain(UNIVERSE_DOMAIN)  # type: ignore[no-any-return]
