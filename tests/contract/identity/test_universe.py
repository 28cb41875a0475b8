"""Where google-auth asks when credentials are used, in Google's universe and in the stand-ins'."""

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import pytest
from google.auth.transport import Response
from google.auth.transport.requests import Request

from local.identity.access_tokens import email_in
from local.identity.account import UNIVERSE_DOMAIN, email_of, load_account
from local.identity.credentials import load_credentials
from shared.adapters.own_account import own_credentials
from shared.adapters.tenant_accounts import TenantAccounts
from shared.domain.tenant_account import tenant_account

PROJECT = "contract-test"
CALLED = "https://bigquery.example/bigquery/v2/projects/p/queries"


class Nothing(Response):
    """What Google's servers would say of an account they don't know."""

    status = 404
    headers: Mapping[str, str] = {}
    data = b"{}"


class Asking(Request):
    """The real transport, but for addresses off this machine: those are only noted."""

    def __init__(self) -> None:
        super().__init__()
        self.elsewhere: list[str] = []

    def __deepcopy__(self, _: dict[int, Any]) -> Self:
        """google-auth asks for regions by a copy."""
        return self

    def __call__(self, url: str, *args: Any, **options: Any) -> Response:
        if url.startswith("http://127.0.0.1:"):
            answer: Response = super().__call__(url, *args, **options)
            return answer
        self.elsewhere.append(url)
        return Nothing()


@pytest.fixture
def url(file: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The stand-in's address; this process runs as the platform's account."""
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(file))
    return load_account(file).token_uri.removesuffix("/token")


def asked_elsewhere(credentials: Any) -> list[str]:
    """The addresses off this machine that are asked for when a client makes a call with the credentials."""
    asking = Asking()
    before = set(threading.enumerate())
    credentials.before_request(asking, "POST", CALLED, {})
    for thread in set(threading.enumerate()) - before:
        thread.join()
    return asking.elsewhere


def test_in_the_stand_ins_universe_nobody_is_asked_where_an_account_may_be_used(url: str, file: Path) -> None:
    own = own_credentials(universe_domain=UNIVERSE_DOMAIN)
    tenants = TenantAccounts(own, project=PROJECT, iam_credentials_url=url)

    asked = [asked_elsewhere(each) for each in (own, tenants.credentials("acme"), load_credentials(file))]

    assert asked == [[], [], []]


def test_in_googles_universe_google_is_asked_about_each_account(url: str) -> None:
    own = own_credentials(universe_domain="googleapis.com")
    tenants = TenantAccounts(own, project=PROJECT, iam_credentials_url=url)

    asked = [asked_elsewhere(each) for each in (own, tenants.credentials("acme"))]

    accounts = (email_of(PROJECT), tenant_account("acme", project=PROJECT))
    place = "https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts"
    assert asked == [[f"{place}/{account}/allowedLocations"] for account in accounts]


def test_a_token_signed_by_the_account_itself_says_whose_it_is(file: Path) -> None:
    credentials = load_credentials(file).with_scopes(["https://www.googleapis.com/auth/cloud-platform"])
    headers: dict[str, str] = {}

    credentials.before_request(Request(), "POST", CALLED, headers)

    assert email_in(headers["authorization"]) == email_of(PROJECT)
