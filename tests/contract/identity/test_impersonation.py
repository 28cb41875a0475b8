"""The tenants' accounts, through Google's own impersonation and the identity stand-in."""

from pathlib import Path

import pytest
from google.auth.exceptions import RefreshError
from google.auth.transport.requests import Request

from local.identity.access_tokens import access_token_of, email_in
from local.identity.account import UNIVERSE_DOMAIN, email_of, load_account
from shared.adapters.own_account import own_credentials
from shared.adapters.tenant_accounts import TenantAccounts
from shared.domain.tenant_account import tenant_account
from tests import plain_http

PROJECT = "contract-test"


@pytest.fixture
def url(file: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The stand-in's address; this process runs as the platform's account."""
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(file))
    return load_account(file).token_uri.removesuffix("/token")


def accounts_of(project: str, url: str, *, universe_domain: str = UNIVERSE_DOMAIN) -> TenantAccounts:
    """As `shared.wiring` makes them."""
    own = own_credentials(universe_domain=universe_domain)
    return TenantAccounts(own, project=project, iam_credentials_url=url)


def test_each_tenant_gets_a_token_of_its_own_account(url: str) -> None:
    accounts = accounts_of(PROJECT, url)

    owners = []
    for tenant_id in ("acme", "umbrella"):
        credentials = accounts.credentials(tenant_id)
        credentials.refresh(Request())
        owners.append(email_in(f"Bearer {credentials.token}"))

    assert owners == [tenant_account(each, project=PROJECT) for each in ("acme", "umbrella")]


def test_a_tenants_credentials_are_kept_with_their_token(url: str) -> None:
    accounts = accounts_of(PROJECT, url)

    assert accounts.credentials("acme") is accounts.credentials("acme")


def test_no_other_account_can_be_impersonated(url: str) -> None:
    path = f"/v1/projects/-/serviceAccounts/{email_of(PROJECT)}:generateAccessToken"
    token = access_token_of(email_of(PROJECT))

    answer = plain_http.post(url + path, headers={"Authorization": f"Bearer {token}"})

    assert (answer.status_code, answer.json()["error"]["status"]) == (403, "PERMISSION_DENIED")


def test_a_tenant_can_impersonate_nobody(url: str) -> None:
    account = tenant_account("acme", project=PROJECT)
    path = f"/v1/projects/-/serviceAccounts/{account}:generateAccessToken"

    answer = plain_http.post(url + path, headers={"Authorization": f"Bearer {access_token_of(account)}"})

    assert answer.status_code == 403


def test_an_account_that_may_not_be_used_is_an_error_of_googles(url: str) -> None:
    accounts = accounts_of("another.project", url)

    with pytest.raises(RefreshError):
        accounts.credentials("acme").refresh(Request())
