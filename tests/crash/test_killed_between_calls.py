"""Killed between any two calls, delivered twice and in any order, a run leaves what one clean run leaves."""

import random
from collections import Counter
from dataclasses import replace

from shared.domain.command import RunStep
from shared.domain.pipeline import Address
from shared.ports import World
from shared.usecases.read_runs import read_run
from tests.crash.carrying import LOOKS, carried_out
from tests.fakes.delivery import execute, start
from tests.fakes.publisher import MemoryPublisher
from tests.fakes.wire import Wire
from tests.stage import TENANT, Stage

FOCUS = Address(tenant_id=TENANT, provider="focus", domain="cost", pipeline="import")
TABLES = {
    "raw_data": "SELECT TO_JSON_STRING(data) AS data FROM {tenant}.raw_data WHERE pipeline_id = '{pipeline}'",
    "transformed_data": "SELECT * EXCEPT (run_id, created_at) FROM {tenant}.transformed_data "
    "WHERE pipeline_id = '{pipeline}'",
}


def tables(stage: Stage) -> dict[str, Counter[str]]:
    """Every row of the pipeline's tables, without what differs from run to run."""
    return {
        name: Counter(
            repr(sorted(row.items()))
            for row in stage.rows(sql.format(tenant=TENANT, pipeline=FOCUS.pipeline_id))
        )
        for name, sql in TABLES.items()
    }


def clean_run(stage: Stage, world: World) -> tuple[dict[str, Counter[str]], list[tuple[str, str]]]:
    wire = Wire()
    assert carried_out(FOCUS, world, wire).status == "SUCCESS"
    return tables(stage), wire.calls


def test_killed_at_any_moment_a_run_leaves_what_a_clean_one_leaves(stage: Stage, world: World) -> None:
    expected, calls = clean_run(stage, world)

    after = [Wire(cut_after=number) for number, call in enumerate(calls) if call not in LOOKS]
    for wire in (Wire(cut_before=0), *after):
        ended = carried_out(FOCUS, world, wire)

        assert ended.status == "SUCCESS", f"{wire}: {ended.error_message}"
        assert wire.was_cut, f"{wire}"
        assert tables(stage) == expected, f"{wire}"


def test_a_step_makes_no_more_calls_than_it_must(stage: Stage, world: World) -> None:
    _, calls = clean_run(stage, world)

    by_step = " ".join(".".join(call) for call in calls).split("log.read ")[1:]
    counts = [Counter(step.split()) for step in by_step]
    jobs = [4, 1, 1]
    assert [count["warehouse.submit"] for count in counts] == jobs
    assert [count["warehouse.wait"] for count in counts] == jobs
    assert all(count["log.append"] <= 2 for count in counts)
    assert [count["publisher.publish"] for count in counts] == [1, 1, 0]


def test_every_message_twice_and_in_any_order_changes_nothing(stage: Stage, world: World) -> None:
    expected, _ = clean_run(stage, world)
    dice = random.Random(7)
    topic = MemoryPublisher()
    own = replace(world, publisher=topic)
    run = start(own, FOCUS)
    seen: list[RunStep] = []

    while read_run(run.run_id, tenant_id=TENANT, log=world.log).status != "SUCCESS":
        published = _distinct([topic.take() for _ in topic.commands])
        assert published, "nothing is left to deliver"
        seen += published
        waiting = published * 2 + dice.sample(seen, k=len(seen))
        dice.shuffle(waiting)
        for command in waiting:
            execute(own, command)

    for command in seen:
        execute(own, command)
    assert read_run(run.run_id, tenant_id=TENANT, log=world.log).status == "SUCCESS"
    assert tables(stage) == expected


def _distinct(commands: list[RunStep]) -> list[RunStep]:
    return list({command.step_id: command for command in commands}.values())
