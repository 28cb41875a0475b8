"""The path decides which function answers."""

import pytest

from local.gateway import target_of

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
