"""`convergence run`."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from shared.domain.errors import TransientError
from shared.domain.event import Event, RunQueued
from shared.domain.ids import RunId
from shared.domain.run import Run
from tests.fakes.clock import SetClock
from tests.fakes.delivery import deliver_all
from tests.fakes.log import MemoryLog
from tests.fakes.publisher import MemoryPublisher
from tests.fakes.reader import MemoryReader
from tests.fakes.runs import folded
from tests.fakes.world import MemoryWorld
from tests.unit.cli.command_line import USER, CommandLine, command_line

ADDRESS = "acme/demo/cost/chain"


class BusyLog(MemoryLog):
    """A log before whose next read something happens."""

    def __init__(self) -> None:
        super().__init__(SetClock())
        self.happening: list[Callable[[], object]] = []

    def read(
        self, tenant_id: str, run_ids: Sequence[RunId], *, known: RunQueued | None = None
    ) -> list[Event]:
        if self.happening:
            self.happening.pop()()
        return super().read(tenant_id, run_ids, known=known)


def test_a_run_is_started_as_the_person_and_its_id_is_printed(tmp_path: Path) -> None:
    line = command_line(tmp_path)

    result = line.run("run", ADDRESS)

    run = only_run(line.world)
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines() == [
        f"run_id       {run.run_id}",
        "pipeline_id  acme-demo-cost-chain",
        "status       QUEUED",
    ]
    assert (run.trigger, run.triggered_by) == ("cli", USER)
    assert [command.step_id for command in line.world.publisher.commands] == ["ingest_charges"]


def test_parameters_are_typed_by_their_declaration(tmp_path: Path) -> None:
    line = command_line(tmp_path)

    line.run("run", ADDRESS, "--param", "days=2025-11-01/2025-11-07")

    [value] = only_run(line.world).plan.parameters
    assert (value.type, value.text) == ("date_range", "2025-11-01/2025-11-07")


def test_every_wrong_parameter_is_told_and_nothing_is_recorded(tmp_path: Path) -> None:
    line = command_line(tmp_path)

    result = line.run("run", ADDRESS, "--param", "days=never", "--param", "dayz=yesterday")

    assert result.exit_code == 1
    assert [row.partition(":")[0] for row in result.stderr.splitlines()] == [
        "Error",
        "  --param dayz",
        "  --param days",
    ]
    assert line.world.log.events == []


def test_a_parameter_given_twice_is_a_usage_error(tmp_path: Path) -> None:
    result = command_line(tmp_path).run("run", ADDRESS, "--param", "days=yesterday", "--param", "days=x")

    assert result.exit_code == 2
    assert "'days' is given twice" in result.stderr


def test_the_same_idempotency_key_is_the_same_run(tmp_path: Path) -> None:
    line = command_line(tmp_path)

    first, second = (line.run("run", ADDRESS, "--idempotency-key", "today") for _ in range(2))

    assert first.stdout == second.stdout
    assert len(line.world.log.events) == 1


@pytest.mark.parametrize("key", ["", "k" * 256])
def test_an_idempotency_key_of_a_wrong_length_is_a_usage_error(tmp_path: Path, key: str) -> None:
    assert command_line(tmp_path).run("run", ADDRESS, "--idempotency-key", key).exit_code == 2


def test_a_pipeline_that_is_not_there_is_answered_with_the_nearest(tmp_path: Path) -> None:
    result = command_line(tmp_path).run("run", "acme/demo/cost/chian")

    assert result.exit_code == 1
    assert result.stderr == (
        "Error: Pipeline not found: acme/demo/cost/chian. Did you mean acme/demo/cost/chain?\n"
    )


def test_a_tenant_that_is_not_there_is_answered_with_the_nearest(tmp_path: Path) -> None:
    result = command_line(tmp_path).run("run", "acmee/demo/cost/chain")

    assert (result.exit_code, result.stderr) == (
        1,
        "Error: There is no tenant 'acmee'. Did you mean 'acme'?\n",
    )


def test_following_shows_every_step_and_ends_with_the_run(tmp_path: Path) -> None:
    log = BusyLog()
    line = command_line(tmp_path, log=log)
    log.happening.append(lambda: deliver_all(line.world))

    result = line.run("run", ADDRESS, "--follow")

    steps = [row.split()[:3] for row in result.stdout.splitlines()[3:-1]]
    assert result.exit_code == 0, result.output
    assert steps == [["1", "ingest_charges", "SUCCESS"], ["2", "check", "SUCCESS"], ["3", "daily", "SUCCESS"]]
    assert result.stdout.splitlines()[-1].startswith("SUCCESS in 0 ms, 2 rows ingested")


def test_following_a_run_that_is_cancelled_ends_with_status_one(tmp_path: Path) -> None:
    log = BusyLog()
    line = command_line(tmp_path, log=log)
    log.happening.append(lambda: cancel(line))

    result = line.run("run", ADDRESS, "--follow")

    assert result.exit_code == 1
    assert result.stdout.splitlines()[-1] == "CANCELLED"


def test_following_a_run_that_fails_says_why_and_ends_with_status_one(tmp_path: Path) -> None:
    log = BusyLog()
    line = command_line(tmp_path, log=log, reader=MemoryReader({}))
    log.happening.append(lambda: deliver_all(line.world))

    result = line.run("run", ADDRESS, "--follow")

    assert result.exit_code == 1
    assert result.stderr == "Error: ingest_charges: No file matches 'charges.csv'\n"


def test_interrupting_stops_the_following_and_not_the_run(tmp_path: Path) -> None:
    log = BusyLog()
    line = command_line(tmp_path, log=log)
    log.happening.append(interrupt)

    result = line.run("run", ADDRESS, "--follow")

    run = only_run(line.world)
    assert result.exit_code == 130
    assert (run.status, f"convergence runs cancel acme {run.run_id}" in result.stderr) == ("QUEUED", True)


def test_losing_sight_of_a_run_says_that_it_goes_on(tmp_path: Path) -> None:
    log = BusyLog()
    line = command_line(tmp_path, log=log)
    log.happening += [lose_sight] * 11

    result = line.run("run", ADDRESS, "--follow")

    run = only_run(line.world)
    assert result.exit_code == 1
    assert f"the run goes on. Look at it: convergence runs show acme {run.run_id}" in result.stderr


def test_a_run_that_could_not_be_published_is_not_passed_over_in_silence(tmp_path: Path) -> None:
    publisher = MemoryPublisher()
    publisher.is_reachable = False
    line = command_line(tmp_path, publisher=publisher)

    result = line.run("run", ADDRESS)

    assert result.exit_code == 1
    assert "see whether the run is there: convergence runs list acme" in result.stderr
    assert only_run(line.world).status == "QUEUED"


def only_run(world: MemoryWorld) -> Run:
    return folded(world.log.events)


def cancel(line: CommandLine) -> None:
    line.run("runs", "cancel", "acme", only_run(line.world).run_id)


def lose_sight() -> None:
    raise TransientError("Could not read run_events: ConnectionError")


def interrupt() -> None:
    raise KeyboardInterrupt
