"""`convergence backfill` and `convergence backfills`."""

import json
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from shared.domain.errors import TransientError
from shared.domain.event import Event, RunQueued
from shared.domain.ids import RunId
from shared.usecases.read_backfill import read_backfill
from shared.web.backfill_views import backfill_json
from tests.fakes.acme import TENANT
from tests.fakes.backfills import FIRST, SECOND, THIRD, THREE_DAYS, backfill, cancel
from tests.fakes.clock import SetClock
from tests.fakes.delivery import deliver_all
from tests.fakes.log import MemoryLog
from tests.fakes.publisher import MemoryPublisher
from tests.fakes.reader import MemoryReader
from tests.fakes.runs import acceptances
from tests.unit.cli.command_line import USER, command_line

ADDRESS = "acme/demo/cost/chain"
ASKED = ("backfill", ADDRESS, "--range", THREE_DAYS)


class BusyLog(MemoryLog):
    """A log after whose next append something happens, before anybody reads it."""

    def __init__(self) -> None:
        super().__init__(SetClock())
        self.happening: list[Callable[[], object]] = []
        self.is_followed = False

    def append(self, events: Sequence[Event]) -> None:
        super().append(events)
        self.is_followed = True

    def read(
        self, tenant_id: str, run_ids: Sequence[RunId], *, known: RunQueued | None = None
    ) -> list[Event]:
        if self.is_followed and self.happening:
            self.happening.pop()()
        return super().read(tenant_id, run_ids, known=known)


def test_a_backfill_is_started_as_the_person_and_its_id_is_printed(tmp_path: Path) -> None:
    line = command_line(tmp_path)

    result = line.run(*ASKED, "--concurrent", "1")

    [backfill_id] = {
        part.backfill_id for queued in acceptances(line.world.log.events) if (part := queued.backfill)
    }
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines() == [
        f"backfill_id  {backfill_id}",
        "pipeline_id  acme-demo-cost-chain",
        "status       QUEUED",
        "runs         3",
    ]
    assert result.stderr == f"Look at it: convergence backfills show acme {backfill_id}\n"
    assert {queued.triggered_by for queued in acceptances(line.world.log.events)} == {USER}
    assert len(line.world.publisher.commands) == 1


def test_a_dry_run_shows_what_would_be_done_and_why(tmp_path: Path) -> None:
    line = command_line(tmp_path)

    result = line.run(*ASKED, "--dry-run")

    rows = [" ".join(row.split()) for row in result.stdout.splitlines() if " it has " in row]
    assert rows == [f"{days} run it has no run yet" for days in (FIRST, SECOND, THIRD)]
    assert result.stderr == "3 runs of 3 chunks would be started.\n"
    assert line.world.log.events == []


def test_nothing_to_do_is_said(tmp_path: Path) -> None:
    line = command_line(tmp_path)
    line.run(*ASKED)

    result = line.run(*ASKED)

    assert (result.exit_code, result.stdout) == (0, "Nothing to do; --dry-run says why.\n")


def test_the_same_idempotency_key_is_the_same_backfill(tmp_path: Path) -> None:
    line = command_line(tmp_path)

    first, second = (line.run(*ASKED, "--mode", "all", "--idempotency-key", "today") for _ in range(2))

    assert first.stdout == second.stdout


@pytest.mark.parametrize(
    ("options", "place"),
    [
        (["--chunk", "1w"], "--chunk"),
        (["--range", "soon"], "--range"),
        (["--parameter", "speed"], "--parameter"),
        (["--param", "days=yesterday"], "--param days"),
        (["--param", "speed=9"], "--param speed"),
    ],
)
def test_what_is_wrong_is_said_in_the_words_of_the_command_line(
    tmp_path: Path, options: list[str], place: str
) -> None:
    result = command_line(tmp_path).run(*ASKED, *options)

    assert result.exit_code == 1
    assert result.stderr.splitlines()[1].startswith(f"  {place}: ")


def test_a_pipeline_that_is_not_there_is_answered_with_the_nearest(tmp_path: Path) -> None:
    result = command_line(tmp_path).run("backfill", "acme/demo/cost/chian", "--range", THREE_DAYS)

    assert result.stderr == (
        "Error: Pipeline not found: acme/demo/cost/chian. Did you mean acme/demo/cost/chain?\n"
    )


def test_following_shows_every_chunk_and_ends_with_the_last(tmp_path: Path) -> None:
    log = BusyLog()
    line = command_line(tmp_path, log=log)
    log.happening.append(lambda: deliver_all(line.world))

    result = line.run(*ASKED, "--follow")

    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines()[4:] == [
        f"{FIRST} SUCCESS",
        f"{SECOND} SUCCESS",
        f"{THIRD} SUCCESS",
        "SUCCESS: 3 chunks, 3 SUCCESS",
    ]


def test_following_a_backfill_with_a_failure_ends_with_status_one(tmp_path: Path) -> None:
    log = BusyLog()
    line = command_line(tmp_path, log=log, reader=MemoryReader({}))
    log.happening.append(lambda: deliver_all(line.world))

    result = line.run(*ASKED, "--follow")

    assert result.exit_code == 1
    assert f"{FIRST} FAILED: ingest_charges: No file matches 'charges.csv'" in result.stdout
    assert result.stdout.splitlines()[-1] == "FAILED: 3 chunks, 3 FAILED"


def test_interrupting_stops_the_following_and_not_the_backfill(tmp_path: Path) -> None:
    log = BusyLog()
    line = command_line(tmp_path, log=log)
    log.happening.append(interrupt)

    result = line.run(*ASKED, "--follow")

    assert result.exit_code == 130
    assert "the backfill goes on" in result.stderr
    assert len(line.world.log.events) == 3


def test_losing_sight_of_a_backfill_says_that_it_goes_on(tmp_path: Path) -> None:
    log = BusyLog()
    line = command_line(tmp_path, log=log)
    log.happening += [lose_sight] * 11

    result = line.run(*ASKED, "--follow")

    assert result.exit_code == 1
    assert "the backfill goes on. Look at it: convergence backfills show acme " in result.stderr


def test_a_backfill_that_could_not_be_published_is_not_passed_over_in_silence(tmp_path: Path) -> None:
    publisher = MemoryPublisher()
    publisher.is_reachable = False

    result = command_line(tmp_path, publisher=publisher).run(*ASKED)

    assert result.exit_code == 1
    assert "see whether its runs are there: convergence runs list acme" in result.stderr


def test_a_backfill_is_shown_with_its_chunks_and_sums(tmp_path: Path) -> None:
    line = command_line(tmp_path)
    made = backfill(line.world)
    deliver_all(line.world)

    shown = line.run("backfills", "show", TENANT, made.backfill_id)
    as_json = line.run("backfills", "show", TENANT, made.backfill_id, "--json")

    rows = [" ".join(row.split()) for row in shown.stdout.splitlines()]
    found = read_backfill(made.backfill_id, tenant_id=TENANT, log=line.world.log)
    assert rows[0] == f"Backfill {made.backfill_id} SUCCESS"
    assert "chunks 3 SUCCESS" in rows
    assert "rows ingested 6" in rows
    assert f"{SECOND} SUCCESS {made.chunks[1].run_id}" in rows
    assert json.loads(as_json.stdout) == backfill_json(found)


def test_cancelling_a_backfill_twice_is_the_same_as_once(tmp_path: Path) -> None:
    line = command_line(tmp_path)
    made = backfill(line.world)
    line.world.clock.advance(timedelta(seconds=1))

    results = [line.run("backfills", "cancel", TENANT, made.backfill_id) for _ in range(2)]

    assert [result.stdout for result in results] == [f"{made.backfill_id}  CANCELLED: 3 CANCELLED\n"] * 2


def test_a_backfill_that_has_ended_is_not_cancelled(tmp_path: Path) -> None:
    line = command_line(tmp_path)
    made = backfill(line.world)
    deliver_all(line.world)

    result = line.run("backfills", "cancel", TENANT, made.backfill_id)

    assert (result.exit_code, result.stderr) == (1, "Error: The backfill has ended: SUCCESS\n")


@pytest.mark.parametrize("command", ["show", "cancel"])
def test_another_tenants_backfill_is_not_found(tmp_path: Path, command: str) -> None:
    line = command_line(tmp_path)
    made = backfill(line.world)

    result = line.run("backfills", command, "umbrella", made.backfill_id)

    assert result.exit_code == 1
    assert result.stderr.startswith(f"Error: Tenant umbrella has no backfill {made.backfill_id}.")
    assert cancel(line.world, made.backfill_id).status == "CANCELLED"


def interrupt() -> None:
    raise KeyboardInterrupt


def lose_sight() -> None:
    raise TransientError("Could not read run_events: it is out of reach")
