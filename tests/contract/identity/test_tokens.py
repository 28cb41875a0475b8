"""Google's own credentials against the token endpoint."""

import stat
import time
from pathlib import Path

import pytest
from google.auth import crypt, exceptions, jwt
from google.auth.transport.requests import Request
from google.oauth2 import service_account

from local.identity.account import keep_account, load_account
from tests import plain_http

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
SCOPE = "https://www.googleapis.com/auth/cloud-platform"


def test_credentials_get_an_access_token(file: Path) -> None:
    credentials = service_account.Credentials.from_service_account_file(file, scopes=[SCOPE])

    credentials.refresh(Request())

    assert credentials.valid
    assert credentials.token


def test_id_token_credentials_get_a_token_for_their_audience(file: Path) -> None:
    credentials = service_account.IDTokenCredentials.from_service_account_file(
        file, target_audience="https://executor.example"
    )

    credentials.refresh(Request())

    account = load_account(file)
    claims = jwt.decode(credentials.token, certs=account.public_key, audience="https://executor.example")
    assert claims["email"] == account.email


def test_an_assertion_signed_by_somebody_else_earns_nothing(file: Path, tmp_path: Path) -> None:
    account = load_account(file)
    stranger = tmp_path / "stranger" / "service-account.json"
    keep_account(stranger, project="contract-test", token_uri=account.token_uri)
    credentials = service_account.Credentials.from_service_account_file(stranger, scopes=[SCOPE])

    with pytest.raises(exceptions.RefreshError, match="invalid_grant"):
        credentials.refresh(Request())


def test_an_assertion_that_is_out_of_date_earns_nothing(file: Path) -> None:
    account = load_account(file)
    issued_at = int(time.time()) - 7200
    claims = {"iss": account.email, "aud": account.token_uri, "iat": issued_at, "exp": issued_at + 3600}
    assertion = jwt.encode(crypt.RSASigner.from_string(account.private_key), claims).decode()

    response = plain_http.post(account.token_uri, data={"grant_type": GRANT, "assertion": assertion})

    assert (response.status_code, response.json()["error"]) == (400, "invalid_grant")


def test_other_grants_and_methods_are_refused(file: Path) -> None:
    account = load_account(file)

    other = plain_http.post(account.token_uri, data={"grant_type": "password"})
    read = plain_http.get(account.token_uri)

    assert (other.status_code, other.json()["error"]) == (400, "unsupported_grant_type")
    assert (read.status_code, read.headers["Allow"]) == (405, "POST")


def test_the_key_is_made_once_and_readable_by_its_owner_only(file: Path) -> None:
    before = load_account(file)

    after = keep_account(file, project="contract-test", token_uri="http://127.0.0.1:1/token")

    assert after.private_key == before.private_key
    assert load_account(file).token_uri == "http://127.0.0.1:1/token"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
