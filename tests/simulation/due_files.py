"""What must hold of sources of which only what is due is loaded, once a schedule is over."""

from typing import Any

from shared.domain.job import Job
from shared.domain.run import Run
from shared.domain.source_needs import SourceNeeds
from tests.simulation.remembered import known_of, loads_of, runs_by_pipeline, steps_of
from tests.simulation.rows import Rows
from tests.simulation.timeline import ViolationError
from tests.simulation.workers import Workers


def require_files_once(runs: list[Run], jobs: list[Job], workers: Workers) -> None:
    """Raise ViolationError unless what counts as loaded is in the table, as it was read and once."""
    for own, first in runs_by_pipeline(runs, _is_by_file):
        pipeline, table = own[0].pipeline_id, _table(own, jobs, workers)
        for file in known_of(first, own[0], workers).files:
            if file.version is not None:
                rows = workers.reader.rows_by_version[file.version]
                _require(
                    table.get(file.name) == rows, f"{file.name} of {pipeline} is {table} and counts as {rows}"
                )
            _require(file.name in table, f"{file.name} of {pipeline} counts as loaded and is not there")
        steps = [(run, step.id) for run in own for step in steps_of(run, _is_by_file)]
        succeeded = [run for run, step_id in steps if run.step(step_id).status == "SUCCESS"]
        _require(not succeeded or bool(table), f"{pipeline} has succeeded and has loaded no file")


def _table(runs: list[Run], jobs: list[Job], workers: Workers) -> dict[str, list[Any]]:
    """The rows of each file that was taken, once the jobs have put them there."""
    table, names = Rows(), set[str]()
    for load in loads_of(runs, jobs, workers, _is_by_file):
        taken = {str(row["taken_file"]) for row in load.rows if "taken_file" in row}
        rows = [(str(row["source_file"]), row["data"]) for row in load.rows if "source_file" in row]
        table.write(rows, in_place_of=taken, began_at=load.began_at, ended_at=load.ended_at)
        names |= taken
    return {**{name: [] for name in names}, **table.by_key()}


def _is_by_file(needs: SourceNeeds) -> bool:
    return needs.by_file


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise ViolationError(otherwise)
