"""What must hold of sources that go on by a cursor, once a schedule is over."""

from shared.domain.job import Job
from shared.domain.run import Run
from shared.domain.source_needs import SourceNeeds
from tests.simulation.remembered import known_of, loads_of, runs_by_pipeline
from tests.simulation.rows import Rows
from tests.simulation.timeline import ViolationError
from tests.simulation.workers import Workers


def require_rows_up_to_the_cursor(runs: list[Run], jobs: list[Job], workers: Workers) -> None:
    """Raise ViolationError unless the table has every row up to where the next reading begins, as it is now."""
    for own, step in runs_by_pipeline(runs, _goes_on):
        cursor = known_of(step, own[0], workers).cursor
        table = _table(own, jobs, workers)
        for key, version in workers.reader.cursor_by_key.items():
            if cursor is not None and version <= int(cursor) and table.get(key) != [version]:
                raise ViolationError(
                    f"{own[0].pipeline_id} counts as read up to {cursor}, and has {key} as {table.get(key)}, "
                    f"not {version}"
                )


def _table(runs: list[Run], jobs: list[Job], workers: Workers) -> dict[str, list[int]]:
    """The cursors of each key's rows, of which there is to be one, once the jobs have merged what was loaded."""
    table = Rows()
    for load in loads_of(runs, jobs, workers, _goes_on):
        rows = [(row["data"]["key"], row["data"]["cursor"]) for row in load.rows]
        keys = {key for key, _ in rows}
        table.write(rows, in_place_of=keys, began_at=load.began_at, ended_at=load.ended_at)
    return table.by_key()


def _goes_on(needs: SourceNeeds) -> bool:
    return needs.goes_on
