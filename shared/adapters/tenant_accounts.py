"""Credentials of the tenants' own service accounts, by impersonation.

The function's account may create short-lived tokens of each tenant's account ("Create short-lived credentials for a
service account", cloud.google.com/iam/docs/create-short-lived-credentials-direct). What is done with such a token,
IAM allows or refuses by what the tenant may, not by what the function may.
"""

from functools import lru_cache
from typing import TYPE_CHECKING

from shared.adapters.own_account import SCOPES
from shared.domain.ids import TenantId
from shared.domain.tenant_account import tenant_account

if TYPE_CHECKING:
    from google.auth.credentials import Credentials

_KEPT = 256
"""How many tenants' credentials an instance keeps. Each holds its token for as long as it is good, an hour."""


class TenantAccounts:
    """The credentials of each tenant's account, by those of our `own`; tokens are asked for when first needed."""

    def __init__(self, own: "Credentials", *, project: str, iam_credentials_url: str) -> None:
        self._own = own
        self._project = project
        self._url = iam_credentials_url
        self.credentials = lru_cache(_KEPT)(self._credentials)

    def _credentials(self, tenant_id: TenantId) -> "Credentials":
        from google.auth import impersonated_credentials

        account = tenant_account(tenant_id, project=self._project)
        endpoint = f"{self._url}/v1/projects/-/serviceAccounts/{account}:generateAccessToken"
        credentials: Credentials = impersonated_credentials.Credentials(  # type: ignore[no-untyped-call]
            source_credentials=self._own,
            target_principal=account,
            target_scopes=list(SCOPES),
            iam_endpoint_override=endpoint,
        )
        return credentials
