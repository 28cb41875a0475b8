"""Secrets from Secret Manager, read by the real client as the tenant."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
from google.oauth2.credentials import Credentials

from shared.adapters.cloud_secrets import CloudSecrets
from shared.adapters.fresh_grants import SPREAD, FreshGrants
from shared.domain.errors import ForbiddenError, NotYetError, StepError, TransientError
from tests.contract.adapters.stand_in import SETTLED
from tests.contract.secrets.stand_in import SecretStandIn
from tests.fakes.clock import NOON, SetClock

LATEST = "projects/contract-test/secrets/acme_api_key/versions/latest"
VALUE = b"sk-admin-not-for-your-eyes"
NO_VALUE = (
    "Secret 'api_key' has no value that can be used. Add one: gcloud secrets versions add acme_api_key "
    "--project=contract-test --data-file=-"
)


@pytest.fixture
def cloud() -> Iterator[SecretStandIn]:
    # Not pytest's folder for the test: a socket's path has at most 100 characters or so.
    with tempfile.TemporaryDirectory() as folder:
        stand_in = SecretStandIn(Path(folder), values={LATEST: VALUE}, readers={LATEST: "acme"})
        yield stand_in
        stand_in.close()


@pytest.fixture
def secrets(cloud: SecretStandIn) -> CloudSecrets:
    """Every tenant's token is its own name."""
    return secrets_of(cloud, SETTLED)


def secrets_of(cloud: SecretStandIn, grants: FreshGrants) -> CloudSecrets:
    return CloudSecrets(
        project="contract-test",
        credentials=lambda tenant_id: Credentials(token=tenant_id),
        grants=grants,
        connect=cloud.connect,
        patience_seconds=1.0,
    )


def test_a_secret_is_the_latest_version_of_tenant_and_name(
    cloud: SecretStandIn, secrets: CloudSecrets
) -> None:
    assert secrets.load("acme", "api_key") == VALUE.decode()
    assert cloud.asked == [LATEST]


def test_a_new_value_counts_at_once_and_white_space_around_it_does_not(
    cloud: SecretStandIn, secrets: CloudSecrets
) -> None:
    secrets.load("acme", "api_key")
    cloud.values[LATEST] = b"  new\n"

    assert secrets.load("acme", "api_key") == "new"


def test_another_tenants_account_is_refused_whether_or_not_there_is_a_secret(
    cloud: SecretStandIn, secrets: CloudSecrets
) -> None:
    name = LATEST.replace("acme", "umbrella")
    cloud.values[name], cloud.readers[name] = VALUE, "acme"

    for secret in ("api_key", "none"):
        with pytest.raises(StepError) as caught:
            secrets.load("umbrella", secret)

        assert str(caught.value) == (
            f"Secret '{secret}' is needed: there is no secret umbrella_{secret}, or the tenant's service account "
            "t-umbrella-29747449@contract-test.iam.gserviceaccount.com may not read it "
            "(roles/secretmanager.secretAccessor)"
        )


def test_what_a_young_tenant_may_not_read_yet_is_left_for_later(cloud: SecretStandIn) -> None:
    clock = SetClock(NOON)
    secrets = secrets_of(cloud, FreshGrants(lambda _: NOON, clock=clock))
    cloud.readers.clear()

    with pytest.raises(NotYetError, match=r"^Secret 'api_key' is needed: .* takes some minutes to be known$"):
        secrets.load("acme", "api_key")
    clock.advance(SPREAD)
    with pytest.raises(StepError, match=r"may not read it \(roles/secretmanager\.secretAccessor\)$"):
        secrets.load("acme", "api_key")


def test_a_secret_without_a_value_says_how_to_add_one(cloud: SecretStandIn, secrets: CloudSecrets) -> None:
    cloud.values.clear()

    with pytest.raises(StepError) as caught:
        secrets.load("acme", "api_key")

    assert str(caught.value) == NO_VALUE


@pytest.mark.parametrize("state", ["DISABLED", "DESTROYED"])
def test_a_version_that_is_no_more_says_how_to_add_one(
    cloud: SecretStandIn, secrets: CloudSecrets, state: str
) -> None:
    said = f"Secret Version [{LATEST}] is in {state} state."
    cloud.fail_with = [(grpc.StatusCode.FAILED_PRECONDITION, said)]

    with pytest.raises(StepError) as caught:
        secrets.load("acme", "api_key")

    assert str(caught.value) == NO_VALUE


@pytest.mark.parametrize("code", [grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.RESOURCE_EXHAUSTED])
def test_an_error_that_passes_is_not_noticed(
    cloud: SecretStandIn, secrets: CloudSecrets, code: grpc.StatusCode
) -> None:
    cloud.fail_with = [(code, "come again")]

    assert secrets.load("acme", "api_key") == VALUE.decode()


@pytest.mark.parametrize(
    "code",
    [
        grpc.StatusCode.UNAVAILABLE,
        grpc.StatusCode.RESOURCE_EXHAUSTED,
        grpc.StatusCode.DEADLINE_EXCEEDED,
        grpc.StatusCode.INTERNAL,
    ],
)
def test_an_error_that_goes_on_is_left_for_later(
    cloud: SecretStandIn, secrets: CloudSecrets, code: grpc.StatusCode
) -> None:
    cloud.fail_with = [(code, "come again")] * 100

    with pytest.raises(TransientError, match=r"^Could not read secret 'api_key': "):
        secrets.load("acme", "api_key")


def test_an_answer_that_does_not_come_is_left_for_later(cloud: SecretStandIn, secrets: CloudSecrets) -> None:
    cloud.delay_seconds = 2.0

    with pytest.raises(TransientError, match=r"^Could not read secret 'api_key': "):
        secrets.load("acme", "api_key")


def test_a_token_that_nobody_accepts_is_the_platforms_trouble(
    cloud: SecretStandIn, secrets: CloudSecrets
) -> None:
    cloud.fail_with = [(grpc.StatusCode.UNAUTHENTICATED, "who?")]

    with pytest.raises(ForbiddenError, match=r"^Google refused to read secret 'api_key'$"):
        secrets.load("acme", "api_key")


def test_a_token_that_can_not_be_had_is_the_platforms_trouble_too(cloud: SecretStandIn) -> None:
    secrets = CloudSecrets(
        project="contract-test",
        credentials=lambda _: Credentials(token=None),
        grants=SETTLED,
        connect=cloud.connect,
    )

    with pytest.raises(
        ForbiddenError, match=r"^Could not read secret 'api_key': no usable Google credentials$"
    ):
        secrets.load("acme", "api_key")


def test_a_value_that_arrives_damaged_is_left_for_later(cloud: SecretStandIn, secrets: CloudSecrets) -> None:
    cloud.checksum = lambda _: 1

    with pytest.raises(TransientError) as caught:
        secrets.load("acme", "api_key")

    assert str(caught.value) == "Secret 'api_key' arrived damaged"


def test_a_version_from_before_there_were_checksums_is_read(
    cloud: SecretStandIn, secrets: CloudSecrets
) -> None:
    cloud.checksum = lambda _: None

    assert secrets.load("acme", "api_key") == VALUE.decode()


def test_a_value_that_is_no_text_is_not_shown(cloud: SecretStandIn, secrets: CloudSecrets) -> None:
    cloud.values[LATEST] = b"hunter2\xff"

    with pytest.raises(StepError) as caught:
        secrets.load("acme", "api_key")

    assert str(caught.value) == "Secret 'api_key' is not UTF-8 text"
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
