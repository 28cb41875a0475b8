"""Refusing a backfill whose last runs might not get their turn in time."""

from datetime import timedelta
from typing import Unpack

import pytest

from shared.domain.backfill import BackfillRequest
from shared.domain.errors import InvalidError
from shared.usecases.start_backfill import preview_backfill
from tests.fakes.acme import CHAIN, FILES
from tests.fakes.backfills import Request, backfill, cancel
from tests.fakes.configs import MemoryConfigs
from tests.fakes.world import MemoryWorld, memory_world

PIPELINE = "acme/pipelines/demo/cost/chain.yml"
A_YEAR = "2024-01-01/2024-12-31"


def world_with(*, timeout: str, limit: int = 20) -> MemoryWorld:
    """A world in which a run of the chain may take that long, and so many may be under way at once."""
    files = {
        PIPELINE: f"timeout: {timeout}\n{FILES[PIPELINE]}",
        "acme/tenant.yml": f"display_name: Acme\nlimits: {{concurrent_runs: {limit}}}\n",
    }
    return memory_world(configs=MemoryConfigs({**FILES, **files}))


def refusal(world: MemoryWorld, date_range: str, **request: Unpack[Request]) -> str:
    """What a backfill is refused with, and its preview too."""
    with pytest.raises(InvalidError) as caught:
        backfill(world, date_range, **request)
    with pytest.raises(InvalidError) as of_preview:
        preview_backfill(
            CHAIN,
            BackfillRequest.model_validate({"date_range": date_range, **request}),
            log=world.log,
            tables=world.tables,
            configs=world.configs,
            clock=world.clock,
        )
    assert of_preview.value.problems == caught.value.problems
    [problem] = caught.value.problems
    assert problem.pointer == "/chunk"
    return problem.detail


@pytest.mark.slow
@pytest.mark.parametrize(
    ("timeout", "limit", "concurrent_runs", "runs", "ways"),
    [
        ("24h", 20, 2, "86,400 s, 2", "chunks of 7d or `concurrent_runs` of 13 or a pipeline `timeout` of 236m"),
        ("4h", 20, 2, "14,400 s, 2", "chunks of 2d or `concurrent_runs` of 3 or a pipeline `timeout` of 236m"),
        ("4h", 2, 9, "14,400 s, 2", "chunks of 2d or a pipeline `timeout` of 236m"),
    ],
)  # fmt: skip
def test_more_runs_than_surely_get_their_turn_are_refused_with_what_would_do(
    timeout: str, limit: int, concurrent_runs: int, runs: str, ways: str
) -> None:
    world = world_with(timeout=timeout, limit=limit)

    detail = refusal(world, A_YEAR, concurrent_runs=concurrent_runs)

    wait = "the last could wait for longer than 30 days"
    assert detail == f"makes 366 runs of up to {runs} at once: {wait}; {ways} would do"
    assert world.log.events == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("timeout", "request_"),
    [
        ("1h", {}),
        ("24h", {"chunk": "7d"}),
        ("24h", {"concurrent_runs": 13}),
        ("24h", {"chunk": "1mo", "concurrent_runs": 1}),
        ("236m", {}),
    ],
)
def test_runs_that_surely_get_their_turn_are_accepted(timeout: str, request_: Request) -> None:
    assert backfill(world_with(timeout=timeout), A_YEAR, **request_).status == "QUEUED"


def test_chunks_that_get_no_run_take_no_time() -> None:
    world = world_with(timeout="24h")
    backfill(world, "2024-01-01/2024-02-29")

    made = backfill(world, "2024-01-01/2024-03-01")

    assert [chunk.date_range for chunk in made.chunks] == ["2024-03-01/2024-03-01"]


def test_chunks_of_another_size_are_no_way_out_where_those_that_failed_are_asked_for() -> None:
    world = world_with(timeout="24h", limit=1)
    for days in ("2024-01-01/2024-01-30", "2024-01-31/2024-01-31"):
        made = backfill(world, days)
        world.clock.advance(timedelta(seconds=1))
        cancel(world, made.backfill_id)

    detail = refusal(world, "2024-01-01/2024-01-31", mode="failed")

    assert detail.endswith("than 30 days; a pipeline `timeout` of 1393m would do")
