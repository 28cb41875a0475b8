"""Airflow: a DAG of three tasks, asked for by REST and polled; API server, scheduler and DAG processor run beside it.

LocalExecutor over SQLite, which is what Airflow uses if told nothing.
"""

import os
import time

from benchmarks.peers import work
from benchmarks.peers.contest import POLL_SECONDS, play, read_entry, tell
from benchmarks.peers.server import await_answer, call, children, finish_command, free_port

_DAG = "three_steps"
_FOLDER, _FILE = "CONTEST_FOLDER", "CONTEST_FILE"
_DAG_FILE = """\
from airflow.sdk import DAG
from benchmarks.peers.airflow_peer import three_steps

dag: DAG = three_steps()
"""


def three_steps() -> object:
    """The DAG, for the file that Airflow's processes load."""
    from airflow.providers.standard.operators.python import (
        PythonOperator,
    )  # there only where Airflow is installed
    from airflow.sdk import DAG

    folder, run_id = os.environ[_FOLDER], "{{ run_id }}"
    with DAG(_DAG, schedule=None, catchup=False, max_active_runs=100, max_active_tasks=100) as dag:
        first = PythonOperator(
            task_id="ingest", python_callable=work.ingest, op_args=[folder, run_id, os.environ[_FILE]]
        )
        second = PythonOperator(task_id="check", python_callable=work.check, op_args=[folder, run_id])
        third = PythonOperator(task_id="aggregate", python_callable=work.aggregate, op_args=[folder, run_id])
        first >> second >> third
    return dag


def main() -> None:
    entry = read_entry()
    port = free_port()
    home, dags = entry.folder / "home", entry.folder / "dags"
    dags.mkdir(parents=True)
    (dags / "contest.py").write_text(_DAG_FILE, encoding="utf-8")
    url = f"http://127.0.0.1:{port}"
    os.environ |= {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(dags),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "True",
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{url}/execution/",
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__BASE_URL": url,
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__API_AUTH__JWT_SECRET": "contest-" * 8,
        "AIRFLOW__API__SECRET_KEY": "contest-" * 8,
        _FOLDER: str(entry.folder),
        _FILE: str(entry.file),
    }
    finish_command(["airflow", "db", "migrate"], folder=entry.folder)
    servers = [["airflow", "api-server"], ["airflow", "scheduler"], ["airflow", "dag-processor"]]
    with children(servers, folder=entry.folder):
        await_answer(f"{url}/api/v2/version")
        token = call("GET", f"{url}/auth/token")["access_token"]
        headers = {"Authorization": f"Bearer {token}"}
        await_answer(f"{url}/api/v2/dags/{_DAG}", headers=headers)
        tell(
            play(
                entry.counts,
                start=lambda run_id: _start(url, headers, run_id),
                finish=lambda run_id: _finish(url, headers, run_id),
                root=os.getpid(),
            )
        )


def _start(url: str, headers: dict[str, str], run_id: str) -> str:
    body = {"dag_run_id": run_id, "logical_date": None}
    return str(call("POST", f"{url}/api/v2/dags/{_DAG}/dagRuns", body=body, headers=headers)["dag_run_id"])


def _finish(url: str, headers: dict[str, str], run_id: str) -> None:
    while True:
        state = call("GET", f"{url}/api/v2/dags/{_DAG}/dagRuns/{run_id}", headers=headers)["state"]
        if state == "success":
            return
        if state == "failed":
            raise RuntimeError(f"run {run_id} failed")
        time.sleep(POLL_SECONDS)


if __name__ == "__main__":
    main()
