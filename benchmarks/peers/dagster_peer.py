"""Dagster: a job of three ops, launched through the GraphQL of its webserver, a process for each run.

A run's ops share its process (`in_process_executor`), which is quicker than Dagster's default of one for each op.
"""

import os
import time

from dagster import Definitions, In, Nothing, in_process_executor, job, op

from benchmarks.peers import work
from benchmarks.peers.contest import POLL_SECONDS, play, read_entry, tell
from benchmarks.peers.server import await_answer, call, children, free_port

_JOB = "three_steps"
_LOCATION = "benchmarks.peers.dagster_peer"
_LAUNCH = """
mutation Launch($selector: JobOrPipelineSelector!) {
  launchRun(executionParams: {selector: $selector}) {
    __typename
    ... on LaunchRunSuccess { run { runId } }
    ... on PythonError { message }
  }
}
"""
_STATUS = "query Status($id: ID!) { runOrError(runId: $id) { ... on Run { status } } }"
_FOLDER, _FILE = "CONTEST_FOLDER", "CONTEST_FILE"


def definitions() -> Definitions:
    """What Dagster's processes load from this module."""

    def ingest(context) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001 - Dagster reads annotations
        work.ingest(os.environ[_FOLDER], context.run_id, os.environ[_FILE])

    def check(context) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
        work.check(os.environ[_FOLDER], context.run_id)

    def aggregate(context) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
        work.aggregate(os.environ[_FOLDER], context.run_id)

    after = {"after": In(Nothing)}
    first, second, third = op(ingest), op(ins=after)(check), op(ins=after)(aggregate)

    def three_steps() -> None:
        third(second(first()))

    return Definitions(jobs=[job(name=_JOB, executor_def=in_process_executor)(three_steps)])


if _FOLDER in os.environ:
    defs = definitions()


def main() -> None:
    entry = read_entry()
    port = free_port()
    home = entry.folder / "home"
    home.mkdir(parents=True)
    settings = "telemetry:\n  enabled: false\nrun_coordinator:\n  module: dagster._core.run_coordinator\n"
    settings += "  class: DefaultRunCoordinator\n"
    (home / "dagster.yaml").write_text(settings, encoding="utf-8")
    os.environ |= {"DAGSTER_HOME": str(home), _FOLDER: str(entry.folder), _FILE: str(entry.file)}
    webserver = ["dagster-webserver", "-m", _LOCATION, "-h", "127.0.0.1", "-p", str(port)]
    with children([webserver], folder=entry.folder):
        await_answer(f"http://127.0.0.1:{port}/server_info")
        url = f"http://127.0.0.1:{port}/graphql"
        tell(
            play(
                entry.counts,
                start=lambda _: _launch(url),
                finish=lambda run: _finish(url, run),
                root=os.getpid(),
            )
        )


def _launch(url: str) -> str:
    selector = {"repositoryLocationName": _LOCATION, "repositoryName": "__repository__", "jobName": _JOB}
    answer = call("POST", url, body={"query": _LAUNCH, "variables": {"selector": selector}})
    launched = answer["data"]["launchRun"]
    if launched["__typename"] != "LaunchRunSuccess":
        raise RuntimeError(str(launched))
    return str(launched["run"]["runId"])


def _finish(url: str, run_id: str) -> None:
    while True:
        answer = call("POST", url, body={"query": _STATUS, "variables": {"id": run_id}})
        status = answer["data"]["runOrError"]["status"]
        if status == "SUCCESS":
            return
        if status in {"FAILURE", "CANCELED"}:
            raise RuntimeError(f"run {run_id}: {status}")
        time.sleep(POLL_SECONDS)


if __name__ == "__main__":
    main()
