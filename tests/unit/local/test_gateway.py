"""The path decides which function answers, and the caller's address goes with the request."""

import pytest

from local.gateway import target_of, with_address

PIPELINES = "/api/v1/pipelines"


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/health", "health"),
        ("/health/ready", "health"),
        (f"{PIPELINES}/run/acme/gcp/cost/export", "triggers"),
        (f"{PIPELINES}/runs", "runs"),
        (f"{PIPELINES}/runs/0192", "runs"),
        (f"{PIPELINES}/runs/0192/rerun", "runs"),
        (f"{PIPELINES}/backfills/0192", "runs"),
        ("/", None),
        ("/healthy", None),
        (f"{PIPELINES}/run", None),
        (f"{PIPELINES}/running", None),
        (f"{PIPELINES}/backfills", None),
    ],
)
def test_a_path_belongs_to_one_function_or_none(path: str, target: str | None) -> None:
    found = target_of(path)

    assert found == target


@pytest.mark.parametrize(
    ("came_with", "forwarded"),
    [({}, "127.0.0.1"), ({"HTTP_X_FORWARDED_FOR": "192.0.2.1"}, "192.0.2.1, 127.0.0.1")],
)
def test_the_callers_address_is_the_last_one_as_behind_googles_front_end(
    came_with: dict[str, str], forwarded: str
) -> None:
    request = {**came_with, "REMOTE_ADDR": "127.0.0.1", "PATH_INFO": "/health"}

    assert with_address(request) == request | {"HTTP_X_FORWARDED_FOR": forwarded}
