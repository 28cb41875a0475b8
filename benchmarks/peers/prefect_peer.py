"""Prefect: a flow of three tasks, called in this process, with `prefect server` beside it to keep what happened."""

import os
from concurrent.futures import Future, ThreadPoolExecutor

from benchmarks.peers import work
from benchmarks.peers.contest import play, read_entry, tell
from benchmarks.peers.server import await_answer, children, free_port

_AT_ONCE = 8


def main() -> None:
    entry = read_entry()
    port = free_port()
    os.environ |= {
        "PREFECT_HOME": str(entry.folder / "home"),
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_LOGGING_LEVEL": "ERROR",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
    }
    from prefect import flow, task  # reads the environment as it is imported

    folder, file = str(entry.folder), str(entry.file)
    ingest, check, aggregate = (task(step) for step in (work.ingest, work.check, work.aggregate))

    def three_steps(run_id: str) -> int:
        ingest(folder, run_id, file)
        check(folder, run_id)
        return int(aggregate(folder, run_id))

    called = flow(three_steps)
    server = ["prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    with children([server], folder=entry.folder), ThreadPoolExecutor(_AT_ONCE) as pool:
        await_answer(f"http://127.0.0.1:{port}/api/health")

        def start(run_id: str) -> "Future[int]":
            return pool.submit(called, run_id)

        tell(play(entry.counts, start=start, finish=lambda run: run.result(), root=os.getpid()))


if __name__ == "__main__":
    main()
