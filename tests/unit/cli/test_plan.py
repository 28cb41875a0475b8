"""`convergence plan`."""

import json
from pathlib import Path

from shared.config.standard_tables import TENANT_TABLES, standard_table
from shared.domain.errors import StatementError
from shared.domain.estimate import Estimate
from shared.domain.job import QueryJob
from tests.fakes.acme import CHAIN
from tests.unit.cli.command_line import CommandLine, command_line


def onboarded(folder: Path) -> CommandLine:
    line = command_line(folder)
    for name in TENANT_TABLES:
        line.world.tables.create_table("acme", standard_table(name))
    return line


def test_each_step_is_shown_with_what_it_does_and_costs(tmp_path: Path) -> None:
    line = onboarded(tmp_path)

    shown = line.run("plan", CHAIN.text, "--param", "days=2025-11-01/2025-11-02")

    assert shown.exit_code == 0, shown.output
    for text in (
        "acme-demo-cost-chain, in US, at most 1h 00m",
        "  1  ingest_charges: ingest\n     from    charges (files): charges.csv\n",
        "     writes  raw_data, append: 10 rows, 100 bytes\n     loads   its rows by load jobs",
        "  3  daily: transform, after check\n",
        "     writes  transformed_data, replace, the days of 'days' by usage_date: 10 rows",
        "     query   reads 100 bytes of the tables as they are now, bills about 10,485,760: 0.0001 USD\n",
        "       MERGE INTO `acme`.`transformed_data` AS T\n",
        "       @days_start = DATE 2025-11-01\n",
        "Bills about 20,971,520 bytes: 0.0001 USD at 6.25 USD for a TiB\n",
        "  bytes_billed_per_job: 10,485,760 asked, 107,374,182,400 allowed\n",
        "No run before it in the last 30 days\n",
    ):
        assert text in shown.stdout
    assert "@run_date" not in shown.stdout.split("3  daily")[1]
    assert line.world.log.events == []


def test_what_differs_from_the_last_run_is_shown(tmp_path: Path) -> None:
    line = command_line(tmp_path)
    run_id = line.run("run", CHAIN.text).stdout.split()[1]

    same, other = (
        line.run("plan", CHAIN.text),
        line.run("plan", CHAIN.text, "--param", "days=2025-11-01/2025-11-02"),
    )

    assert f"The same as run {run_id}\n" in same.stdout
    assert f"What differs from run {run_id}\n  @@ parameters.days.text @@\n  -" in other.stdout


def test_what_would_fail_is_said_and_is_the_exit_status(tmp_path: Path) -> None:
    def refused(job: QueryJob) -> Estimate:
        raise StatementError("Unrecognized name: dta")

    line = onboarded(tmp_path)
    line.world.warehouse.estimate_of = refused
    line.world.tables.unsound.add("transformed_data")

    shown = line.run("plan", CHAIN.text)

    assert shown.exit_code == 1
    assert "BigQuery would refuse it: transforms/daily.sql: Unrecognized name: dta\n" in shown.stdout
    assert "The run would be refused or would fail:\n  acme.transformed_data differs\n" in shown.stdout


def test_it_is_printed_as_json(tmp_path: Path) -> None:
    line = command_line(tmp_path)

    shown = json.loads(line.run("plan", CHAIN.text, "--json").stdout)

    assert (shown["dry_run"], shown["pipeline_id"], shown["problems"]) == (True, "acme-demo-cost-chain", [])
    assert shown["parameters"] == {"days": "2025-11-14/2025-11-14"}
    assert [step["id"] for step in shown["steps"]] == ["ingest_charges", "check", "daily"]
    assert (shown["price_usd"], shown["unknown_count"]) == ("0.0000", 2)


def test_another_name_is_told_with_the_one_that_was_meant(tmp_path: Path) -> None:
    shown = command_line(tmp_path).run("plan", "acme/demo/cost/chian")

    assert shown.exit_code == 1
    assert "Did you mean acme/demo/cost/chain?" in shown.stderr
