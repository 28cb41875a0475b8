"""Killed between any two calls, delivered twice and in any order, a run leaves what one clean run leaves."""

import random
from collections import Counter
from typing import Any

from shared.domain.command import RunStep
from shared.domain.errors import TransientError
from shared.domain.pipeline import Address
from shared.domain.run import Run
from shared.ports import World
from shared.usecases.execute_step import execute_step
from shared.usecases.read_runs import read_run
from shared.usecases.start_run import start_run
from tests.crash.world import Fuse, KilledError, Mailbox, fused_ports
from tests.stage import TENANT, Stage

FOCUS = Address(tenant_id=TENANT, provider="focus", domain="cost", pipeline="import")
TABLES = {
    "raw_data": "SELECT TO_JSON_STRING(data) AS data FROM {tenant}.raw_data WHERE pipeline_id = '{pipeline}'",
    "transformed_data": "SELECT * EXCEPT (run_id, created_at) FROM {tenant}.transformed_data "
    "WHERE pipeline_id = '{pipeline}'",
}


def start(world: World, mailbox: Mailbox) -> Run:
    return start_run(
        FOCUS,
        {},
        trigger="cli",
        triggered_by="test",
        log=world.log,
        publisher=mailbox,
        tables=world.tables,
        configs=world.configs,
        clock=world.clock,
    ).run


def deliver_all(world: World, mailbox: Mailbox, fuse: Fuse) -> None:
    """Deliver like Pub/Sub: what isn't acknowledged comes again."""
    ports = fused_ports(world, mailbox, fuse)
    while mailbox.commands:
        command = mailbox.commands[0]
        try:
            execute_step(command, **ports)
        except (KilledError, TransientError):
            continue
        mailbox.commands.remove(command)


def tables(stage: Stage) -> dict[str, Counter[str]]:
    """Every row of the pipeline's tables, without what differs from run to run."""
    return {
        name: Counter(
            repr(sorted(row.items()))
            for row in stage.rows(sql.format(tenant=TENANT, pipeline=FOCUS.pipeline_id))
        )
        for name, sql in TABLES.items()
    }


def clean_run(stage: Stage, world: World) -> tuple[dict[str, Counter[str]], list[str]]:
    mailbox, fuse = Mailbox(), Fuse()
    run = start(world, mailbox)
    deliver_all(world, mailbox, fuse)
    assert read_run(run.run_id, tenant_id=TENANT, log=world.log).status == "SUCCESS"
    return tables(stage), fuse.calls


def outcome(run: Run) -> list[Any]:
    return [run.status, *((step.id, step.status, step.metrics.rows_out) for step in run.steps)]


def test_killed_at_any_moment_a_run_leaves_what_a_clean_one_leaves(stage: Stage, world: World) -> None:
    expected, calls = clean_run(stage, world)

    # Just after a call is just before the next one: nothing outside changes in between.
    for moment in (0, *range(1, 2 * len(calls), 2)):
        mailbox, fuse = Mailbox(), Fuse(moments_left=moment)
        run = start(world, mailbox)
        deliver_all(world, mailbox, fuse)

        ended = read_run(run.run_id, tenant_id=TENANT, log=world.log)
        assert ended.status == "SUCCESS", f"killed at moment {moment}: {ended.error_message}"
        assert fuse.moments_left is None, "the fuse never burnt through"
        assert tables(stage) == expected, f"killed at moment {moment}"


def test_a_step_makes_no_more_calls_than_it_must(stage: Stage, world: World) -> None:
    _, calls = clean_run(stage, world)

    by_step = " ".join(calls).split("log.read ")[1:]
    counts = [Counter(step.split()) for step in by_step]
    jobs = [4, 1, 1]
    assert [count["warehouse.submit"] for count in counts] == jobs
    assert [count["warehouse.wait"] for count in counts] == jobs
    assert all(count["log.append"] <= 2 for count in counts)
    assert [count["publisher.publish"] for count in counts] == [1, 1, 0]


def test_every_message_twice_and_in_any_order_changes_nothing(stage: Stage, world: World) -> None:
    expected, _ = clean_run(stage, world)
    dice = random.Random(7)
    mailbox = Mailbox()
    run = start(world, mailbox)
    seen: list[RunStep] = []
    ports = fused_ports(world, mailbox, Fuse())

    while mailbox.commands:
        seen += mailbox.commands
        waiting = mailbox.commands * 2 + dice.sample(seen, k=len(seen))
        mailbox.commands = []
        dice.shuffle(waiting)
        for command in waiting:
            execute_step(command, **ports)
        done = read_run(run.run_id, tenant_id=TENANT, log=world.log).status == "SUCCESS"
        mailbox.commands = [] if done else _distinct(mailbox.commands)

    for command in seen:
        execute_step(command, **ports)
    ended = read_run(run.run_id, tenant_id=TENANT, log=world.log)
    assert outcome(ended)[0] == "SUCCESS"
    assert tables(stage) == expected


def _distinct(commands: list[RunStep]) -> list[RunStep]:
    return list({command.step_id: command for command in commands}.values())
