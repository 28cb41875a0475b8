"""What is said about retries, timeouts and limits."""

import re
from pathlib import Path
from typing import Any

import pytest

from shared.config.json_schema import json_schema
from shared.config.recipe import load_recipe
from shared.domain.pipeline import Recipe
from shared.domain.retry import TRANSIENT_KINDS, Retry
from tests.fakes.acme import CHAIN, FILES
from tests.fakes.configs import MemoryFolder
from tests.unit.config.recipes import PIPELINE, changed, problems_of

TENANT = "acme/tenant.yml"
STEP = "    source: charges\n"


def with_line(line: str) -> dict[str, str]:
    """The tenant's files, with one more line in the chain's first step, the seventh of the file."""
    return changed(PIPELINE, STEP, f"{STEP}    {line}\n")


def recipe_with(files: dict[str, str]) -> Recipe:
    return load_recipe(MemoryFolder(files), CHAIN)


def test_a_step_is_tried_three_times_after_any_failure_that_may_pass_unless_it_says_otherwise() -> None:
    (ingest, *_) = recipe_with(FILES).pipeline.steps

    assert ingest.retry == Retry(attempts=3, on=TRANSIENT_KINDS)
    assert ingest.timeout is None


def test_a_step_says_how_often_after_what_and_for_how_long() -> None:
    lines = "retry: {attempts: 5, on: [rate_limit, unavailable]}\n    timeout: 10m"

    (ingest, *_) = recipe_with(with_line(lines)).pipeline.steps

    assert ingest.retry == Retry(attempts=5, on=("rate_limit", "unavailable"))
    assert ingest.timeout == "10m"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "retry: {attemps: 5}",
            (
                "7:13: steps[0].retry.attemps: 'attemps' is not a known key; use one of attempts, on. "
                "Did you mean 'attempts'?"
            ),
        ),
        ("retry: {attempts: 0}", "7:23: steps[0].retry.attempts: must be 1 or more, is 0"),
        ("retry: {attempts: 11}", "7:23: steps[0].retry.attempts: must be 10 or less, is 11"),
        ("retry: {attempts: twice}", "7:23: steps[0].retry.attempts: must be a whole number, is 'twice'"),
        (
            "retry: 5",
            "7:12: steps[0].retry: must be a mapping (key: value), is 5; write retry: {attempts: 5}",
        ),
        ("retry: {on: []}", "7:13: steps[0].retry.on: must have at least 1 items, is a list of 0"),
        ("retry: {on: timeout}", "7:17: steps[0].retry.on: must be a list, is 'timeout'; write [timeout]"),
        (
            "retry: {on: [conflict, rate_limits]}",
            (
                "7:28: steps[0].retry.on[1]: 'rate_limits' is not allowed; use one of "
                "conflict, quota, rate_limit, stopped, timeout, unavailable. Did you mean 'rate_limit'?"
            ),
        ),
        (
            "bytes_billed_per_step: 5",
            "7:28: steps[0].bytes_billed_per_step: must be 10485760 or more, is 5",
        ),
        ("timeout: soon", "7:14: steps[0].timeout: must be a duration such as 90s, 30m or 6h"),
        ("timeout: 0s", "7:14: steps[0].timeout: must be a duration such as 90s, 30m or 6h"),
        ("timeout: 25h", "7:14: steps[0].timeout: must be at most 24h"),
        ("timeout: 61m", "7:14: steps[0].timeout: '61m' is longer than the pipeline's timeout of 1h"),
        (
            "retries: {attempts: 5}",
            (
                "7:5: steps[0].retries: 'retries' is not a known key; use one of "
                "id, needs, retry, timeout, bytes_billed_per_step, type, source, destination. Did you mean 'retry'?"
            ),
        ),
    ],
)
def test_what_is_wrong_in_a_step_is_said_with_its_place(line: str, expected: str) -> None:
    assert problems_of(with_line(line)) == [f"{PIPELINE}:{expected}"]


@pytest.mark.parametrize(("pipeline", "step"), [("1h", "60m"), ("2h", "61m"), ("90s", "1m")])
def test_a_step_may_take_as_long_as_its_pipeline(pipeline: str, step: str) -> None:
    files = with_line(f"timeout: {step}")
    files[PIPELINE] = f"timeout: {pipeline}\n{files[PIPELINE]}"

    assert recipe_with(files).pipeline.steps[0].timeout == step


def test_a_step_of_a_template_may_not_take_longer_than_the_pipeline_that_extends_it() -> None:
    template = "templates/pipelines/demo/cost/chain.yml"
    files = {
        **FILES,
        template: with_line("timeout: 30m")[PIPELINE],
        PIPELINE: "extends: templates/demo/cost/chain\ntimeout: 5m\n",
    }

    assert problems_of(files) == [
        f"{template}:7:14: steps[0].timeout: '30m' is longer than the pipeline's timeout of 5m"
    ]


def test_a_tenant_says_how_many_runs_may_be_under_way_at_once() -> None:
    files = {**FILES, TENANT: "display_name: Acme\nlimits: {concurrent_runs: 4}\n"}

    assert recipe_with(files).tenant.limits.concurrent_runs == 4
    assert recipe_with(FILES).tenant.limits.concurrent_runs is None


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ("{concurrent_runs: 0}", "2:27: limits.concurrent_runs: must be 1 or more, is 0"),
        ("{concurrent_runs: 1001}", "2:27: limits.concurrent_runs: must be 1000 or less, is 1001"),
        ("{concurrent_runs: many}", "2:27: limits.concurrent_runs: must be a whole number, is 'many'"),
        (
            "{concurent_runs: 2}",
            (
                "2:10: limits.concurent_runs: 'concurent_runs' is not a known key; use one of "
                "bytes_billed_per_job, concurrent_runs, bytes_billed_per_day, estimate, runs_per_day. "
                "Did you mean 'concurrent_runs'?"
            ),
        ),
    ],
)
def test_what_is_wrong_in_a_limit_is_said_with_its_place(limits: str, expected: str) -> None:
    files = {**FILES, TENANT: f"display_name: Acme\nlimits: {limits}\n"}

    assert problems_of(files) == [f"{TENANT}:{expected}"]


def properties(kind: str, definition: str) -> dict[str, Any]:
    """What the schema of a kind of file says of the fields of one of its parts."""
    definitions: Any = json_schema(kind)["$defs"]
    found: dict[str, Any] = definitions[definition]["properties"]
    return found


def test_editors_are_told_the_bounds_and_the_kinds() -> None:
    retry = properties("pipeline", "Retry")
    limit = properties("tenant", "Limits")["concurrent_runs"]

    assert (retry["attempts"]["minimum"], retry["attempts"]["maximum"]) == (1, 10)
    assert retry["on"]["items"]["enum"] == list(TRANSIENT_KINDS)
    assert {"minimum": 1, "maximum": 1000, "type": "integer"} in limit["anyOf"]


def test_the_page_about_configuration_says_what_every_kind_of_failure_is() -> None:
    page = Path(__file__).parents[3] / "docs" / "pipeline-configuration.md"
    section = page.read_text(encoding="utf-8").partition("### Retries")[2].partition("###")[0]

    kinds = re.findall(r"^\| `(\w+)` \| [^|]+ \|$", section.partition("| kind |")[2], re.MULTILINE)

    assert tuple(kinds) == TRANSIENT_KINDS
