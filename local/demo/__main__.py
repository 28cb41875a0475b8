"""`make demo`: onboard a tenant, run its pipelines over HTTP, and check every figure that comes of it.

Exit status 0 only if every figure is right.
"""

import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import requests
from google.cloud import bigquery
from rich.console import Console
from rich.live import Live

from local.demo import screen
from local.demo.figures import FOCUS_PIPELINE, GCP_PIPELINE, SEED, TENANT, compare, query
from local.identity.credentials import load_credentials
from local.samples.load_billing_export import TABLE, load_billing_export
from local.settings import StartError, isolated_settings
from local.supervisor import Platform, platform
from shared.streams import take_every_character

_ROOT = Path(__file__).resolve().parents[2]
_EXPORTED_DAYS = 35
# For what hangs.
_RUN_SECONDS = 600
_CALL_SECONDS = 600
_FILE_WIDTH = 140
_ENDED = {"SUCCESS", "FAILED", "CANCELLED"}


def main() -> int:
    """Tell the story once; return the exit status."""
    take_every_character()
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=_FILE_WIDTH)
    data_dir = _ROOT / ".local" / "demo"
    shutil.rmtree(data_dir, ignore_errors=True)
    began = time.monotonic()
    console.print("[bold]Convergence Data Pipeline[/bold]: one tenant, from nothing to checked figures")
    try:
        screen.heading(console, 1, "Start stand-ins for BigQuery and Pub/Sub, and the functions")
        # It makes a billing export of its own, of more days.
        settings = replace(isolated_settings(data_dir, configs_dir=_ROOT / "configs"), with_samples=False)
        with platform(settings) as running:
            console.print(
                f"  ready after {time.monotonic() - began:.1f} s, on free ports beside any `make run`"
            )
            all_right = _tell(console, running)
    except StartError as error:
        console.print(f"[red]{error}[/red]")
        return 1
    except KeyboardInterrupt:
        console.print("\nStopped.")
        return 130
    _say_where_next(console, all_right=all_right, seconds=time.monotonic() - began)
    return 0 if all_right else 1


def _tell(console: Console, running: Platform) -> bool:
    client = _client(running)
    screen.heading(
        console, 2, f"Onboard {TENANT}: its folder is in configs/, its dataset and a key are made now"
    )
    _convergence(console, running.env, "tenant", "add", TENANT)
    key = _convergence(None, running.env, "key", "create", TENANT, "--description", "demo", "--quiet")

    screen.heading(console, 3, "Fill a GCP billing export, as Google would")
    yesterday = datetime.now(tz=UTC).date() - timedelta(days=1)
    exported = (yesterday - timedelta(days=_EXPORTED_DAYS - 1), yesterday)
    count = load_billing_export(
        client, dataset="billing_export", table=TABLE, first_day=exported[0], last_day=exported[1], seed=SEED
    )
    console.print(f"  {count:,} charges exported from {exported[0]} to {exported[1]}")

    runs = [
        _run_pipeline(console, path, number=number, api_url=running.api_url, key=key)
        for number, path in _PIPELINES
    ]
    _show_tables(console, client)
    usage = _usage_days(runs[0])
    screen.heading(console, 7, "Every figure against a calculation of its own, to the last decimal")
    comparisons = list(compare(client, exported=exported, usage=usage))
    console.print(screen.comparisons_view(comparisons))
    return all(run["status"] == "SUCCESS" for run in runs) and all(each.agrees for each in comparisons)


_PIPELINES = ((4, "gcp/cost/export"), (5, "focus/cost/import"))


def _run_pipeline(console: Console, path: str, *, number: int, api_url: str, key: str) -> dict[str, Any]:
    address = f"/api/v1/pipelines/run/{TENANT}/{path}"
    screen.heading(console, number, f"Run {path}: one POST, then each step is a Pub/Sub message")
    console.print(f'  [dim]curl -X POST -H "X-API-Key: $KEY" $API_URL{address}[/dim]')
    headers = {"X-API-Key": key}
    accepted = requests.post(f"{api_url}{address}", headers=headers, timeout=_CALL_SECONDS)
    if accepted.status_code != requests.codes.accepted:
        raise StartError(f"The run was not accepted: {accepted.text}")
    location = f"{api_url}{accepted.headers['Location']}"
    deadline = time.monotonic() + _RUN_SECONDS
    with Live(console=console, refresh_per_second=8, transient=not console.is_terminal) as live:
        while True:
            run: dict[str, Any] = requests.get(location, headers=headers, timeout=_CALL_SECONDS).json()
            live.update(screen.steps_view(run))
            if run["status"] in _ENDED or time.monotonic() > deadline:
                break
            time.sleep(0.2)
    if not console.is_terminal:
        console.print(screen.steps_view(run))
    console.print(
        f"  run {run['run_id']}, {run['duration_ms']} ms, {run['metrics']['bytes_billed']:,} bytes billed"
    )
    if run["error_message"]:
        console.print(f"  [red]{run['error_message']}[/red]")
    console.print(screen.rules_view(run))
    return run


def _show_tables(console: Console, client: bigquery.Client) -> None:
    screen.heading(console, 6, "What is in the tenant's tables now")
    for name, sql in _FIRST_ROWS.items():
        console.print(f"\n  [bold]{TENANT}.{name}[/bold]")
        console.print(screen.rows_view(query(client, sql, GCP_PIPELINE)))
    console.print("\n  [bold]Net cost a day[/bold]")
    days = query(client, _COST_BY_DAY, GCP_PIPELINE)
    console.print(screen.chart((str(row["metric_date"]), row["value"]) for row in days))
    console.print("\n  [bold]Net cost by service[/bold]")
    services = query(client, _COST_BY_SERVICE, GCP_PIPELINE)
    console.print(screen.chart((row["service"], row["net_cost"]) for row in services))
    console.print("\n  [bold]Billed cost by provider (FOCUS)[/bold]")
    providers = query(client, _COST_BY_PROVIDER, FOCUS_PIPELINE)
    console.print(screen.chart((row["provider"], row["billed_cost"]) for row in providers))


_FIRST_ROWS = {
    "raw_data": "SELECT ingestion_date, run_id, TO_JSON_STRING(data) AS data FROM raw_data "
    "WHERE pipeline_id = @pipeline_id LIMIT 3",
    "transformed_data": "SELECT usage_date, service, project, billed_cost, credits, net_cost, charge_count "
    "FROM transformed_data WHERE pipeline_id = @pipeline_id ORDER BY usage_date DESC, net_cost DESC LIMIT 3",
    "metrics": "SELECT metric_date, metric, dimension, value, unit FROM metrics "
    "WHERE pipeline_id = @pipeline_id ORDER BY metric_date DESC, value DESC LIMIT 3",
}
_COST_BY_DAY = (
    "SELECT metric_date, value FROM metrics "
    "WHERE pipeline_id = @pipeline_id AND dimension = '' ORDER BY metric_date"
)
_COST_BY_SERVICE = (
    "SELECT service, SUM(net_cost) AS net_cost FROM transformed_data "
    "WHERE pipeline_id = @pipeline_id GROUP BY service ORDER BY net_cost DESC"
)
_COST_BY_PROVIDER = (
    "SELECT provider, SUM(billed_cost) AS billed_cost FROM transformed_data "
    "WHERE pipeline_id = @pipeline_id GROUP BY provider ORDER BY billed_cost DESC"
)


def _usage_days(run: dict[str, Any]) -> tuple[date, date]:
    first, last = run["parameters"]["date_range"].split("/")
    return date.fromisoformat(first), date.fromisoformat(last)


def _convergence(console: Console | None, environment: Mapping[str, str], *arguments: str) -> str:
    """Run the command as a person would; with a console, show what was typed and what came of it."""
    if console is not None:
        console.print(f"  [dim]convergence {' '.join(arguments)}[/dim]")
    done = subprocess.run(
        [str(Path(sys.executable).parent / "convergence"), *arguments],
        env=dict(environment),
        cwd=_ROOT,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        timeout=_RUN_SECONDS,
        check=False,
    )
    if done.returncode != 0:
        raise StartError(f"convergence {' '.join(arguments)} failed:\n{done.stderr.strip()}")
    if console is not None:
        for line in done.stdout.splitlines():
            console.print(f"  {line}")
    return done.stdout.strip()


def _client(running: Platform) -> bigquery.Client:
    return bigquery.Client(
        project=running.settings.project,
        credentials=load_credentials(running.settings.credentials),
        client_options={"api_endpoint": running.env["BIGQUERY_EMULATOR_HOST"]},
    )


def _say_where_next(console: Console, *, all_right: bool, seconds: float) -> None:
    if not all_right:
        console.print("\n[red bold]Something is wrong: see above.[/red bold] Logs are in .local/demo/app.log")
        return
    console.print(
        f"""
[bold green]Every figure is right.[/bold green] It took {seconds:.0f} s; everything that was started has been stopped.

Where to look next:
  make run                                   the platform on http://localhost:8080, until Ctrl-C
  README.md                                  one run by hand, from POST to rows, with curl and bq
  configs/{TENANT}/                    the pipelines that ran, in YAML and SQL
  docs/pipeline-configuration.md             everything a pipeline can say
  docs/ARCHITECTURE.md                       how a run survives being killed at any moment"""
    )


if __name__ == "__main__":
    sys.exit(main())
