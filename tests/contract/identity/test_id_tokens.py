"""Google's own id-token credentials, verified by the adapter with the certificates endpoint."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from flask import Request as Asked
from google.auth import crypt, jwt
from google.auth.transport.requests import Request
from google.oauth2 import service_account
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder

from functions.triggers.main import answer
from local.identity.account import Account, email_of, keep_account, load_account
from shared.adapters.clock import SystemClock
from shared.adapters.google_tokens import GoogleCertificates, GoogleTokens
from shared.web.endpoint import respond
from tests import plain_http
from tests.fakes.clock import SetClock
from tests.fakes.runs import sole_acceptance
from tests.fakes.world import MemoryWorld, memory_world

AUDIENCE = "https://triggers.example"
ACCOUNT = email_of("contract-test")
Call = Callable[..., tuple[int, dict[str, Any]]]


def fetched(file: Path, *, audience: str = AUDIENCE) -> str:
    """A token as Google's client library gets it."""
    credentials = service_account.IDTokenCredentials.from_service_account_file(file, target_audience=audience)
    credentials.refresh(Request())
    return str(credentials.token)


def written(account: Account, *, issued_at: int) -> str:
    """A token like those of the endpoint, of any time."""
    claims = {
        "iss": "https://accounts.google.com",
        "aud": AUDIENCE,
        "email": account.email,
        "email_verified": True,
        "iat": issued_at,
        "exp": issued_at + 3600,
    }
    signer = crypt.RSASigner.from_string(account.private_key, account.key_id)
    token: bytes = jwt.encode(signer, claims)
    return token.decode()


@pytest.fixture
def world(file: Path) -> MemoryWorld:
    """A World in memory, with the real tokens."""
    url = load_account(file).token_uri.replace("/token", "/certs")
    certificates = GoogleCertificates(Request(), url=url, clock=SystemClock())
    return memory_world(
        clock=SetClock(datetime.now(tz=UTC)), tokens=GoogleTokens(certificates, audience=AUDIENCE)
    )


@pytest.fixture
def call(world: MemoryWorld) -> Call:
    """Call `triggers` as Cloud Scheduler does."""

    def triggered(token: str | None, *, account: str = ACCOUNT) -> tuple[int, dict[str, Any]]:
        headers = {
            "X-CloudScheduler-JobName": "acme-daily",
            "X-CloudScheduler-ScheduleTime": "2025-11-15T06:00:00Z",
            **({"Authorization": f"Bearer {token}"} if token else {}),
        }
        path = "/api/v1/pipelines/run/acme/demo/cost/chain"
        environ = EnvironBuilder(path=path, method="POST", headers=Headers(headers)).get_environ()
        response = respond(Asked(environ), lambda asked: answer(asked, world, scheduler_account=account))
        return response.status_code, response.get_json(force=True)

    return triggered


def test_the_accounts_token_starts_a_scheduled_run(file: Path, world: MemoryWorld, call: Call) -> None:
    status, run = call(fetched(file))

    queued = sole_acceptance(world.log.events)
    assert (status, run["run_id"]) == (202, queued.run_id)
    assert (queued.trigger, queued.triggered_by) == ("schedule", "schedule acme-daily")


def test_the_same_job_and_time_are_the_same_run_whatever_the_token(
    file: Path, world: MemoryWorld, call: Call
) -> None:
    first, again = call(fetched(file)), call(written(load_account(file), issued_at=int(time.time()) - 60))

    assert first == again
    assert len(world.log.events) == 1


def test_the_token_of_another_account_is_403(file: Path, call: Call) -> None:
    assert call(fetched(file), account="scheduler@elsewhere.iam.gserviceaccount.com")[0] == 403


def test_a_token_for_another_audience_is_401(file: Path, call: Call) -> None:
    assert call(fetched(file, audience="https://executor.example"))[0] == 401


def test_a_token_that_somebody_else_signed_is_401(file: Path, tmp_path: Path, call: Call) -> None:
    stranger = keep_account(
        tmp_path / "stranger.json", project="contract-test", token_uri="http://127.0.0.1:1"
    )
    named_alike = stranger._replace(key_id=load_account(file).key_id)

    for account in (stranger, named_alike):
        assert call(written(account, issued_at=int(time.time())))[0] == 401


def test_a_token_whose_claims_were_changed_is_401(file: Path, call: Call) -> None:
    header, _, signature = fetched(file).split(".")
    other_claims = written(load_account(file), issued_at=int(time.time())).split(".")[1]

    assert call(f"{header}.{other_claims}.{signature}")[0] == 401


@pytest.mark.parametrize("seconds", [-7200, 600])
def test_a_token_that_is_out_of_date_is_401(file: Path, call: Call, seconds: int) -> None:
    assert call(written(load_account(file), issued_at=int(time.time()) + seconds))[0] == 401


def test_an_access_token_and_none_at_all_are_401(file: Path, call: Call) -> None:
    credentials = service_account.Credentials.from_service_account_file(file, scopes=["email"])
    credentials.refresh(Request())

    assert call(credentials.token)[0] == 401
    assert call(None)[0] == 401


def test_certificates_look_like_googles(file: Path) -> None:
    account = load_account(file)
    url = account.token_uri.replace("/token", "/certs")

    response, posted = plain_http.get(url), plain_http.post(url)

    [(key_id, certificate)] = response.json().items()
    assert key_id == account.key_id
    assert x509.load_pem_x509_certificate(certificate.encode()).not_valid_after_utc.timestamp() > time.time()
    assert "max-age=" in response.headers["Cache-Control"]
    assert (posted.status_code, posted.headers["Allow"]) == (405, "GET, HEAD")
