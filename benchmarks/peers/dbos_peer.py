"""DBOS: a durable workflow of three steps in this process; its log is in SQLite, which DBOS uses if told nothing."""

import os

from dbos import DBOS

from benchmarks.peers import work
from benchmarks.peers.contest import play, read_entry, tell


def main() -> None:
    entry = read_entry()
    folder, file = str(entry.folder), str(entry.file)
    ingest, check, aggregate = (DBOS.step()(step) for step in (work.ingest, work.check, work.aggregate))

    def three_steps(run_id: str) -> int:
        ingest(folder, run_id, file)
        check(folder, run_id)
        return int(aggregate(folder, run_id))

    database = f"sqlite:///{entry.folder / 'dbos.sqlite'}"
    DBOS(config={"name": "contest", "system_database_url": database, "run_admin_server": False})
    workflow = DBOS.workflow()(three_steps)
    DBOS.launch()
    result = play(
        entry.counts,
        start=lambda run_id: DBOS.start_workflow(workflow, run_id),
        finish=lambda handle: handle.get_result(),
        root=os.getpid(),
    )
    DBOS.destroy()
    tell(result)


if __name__ == "__main__":
    main()
