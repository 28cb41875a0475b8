"""Doing the rest of a run with the files as they are now."""

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from pydantic import JsonValue

from shared.config.problem import ConfigError
from shared.domain.errors import ConflictError, InvalidError, NotFoundError, StepError
from shared.domain.event import Metrics
from shared.domain.ids import JobId
from shared.domain.job import Job, JobOutcome
from shared.domain.pipeline import Address, Recipe
from shared.domain.run import LOG_LAG, Run
from shared.steps.attempt import StepResult, attempt_at
from tests.fakes.acme import CHAIN, FILES, GRAPH
from tests.fakes.clock import SetClock
from tests.fakes.configs import MemoryConfigs
from tests.fakes.delivery import cancel, deliver_all, execute, finished, run_of, start
from tests.fakes.delivery import rerun as rerun_as
from tests.fakes.warehouse import MemoryWarehouse, succeeded
from tests.fakes.world import MemoryWorld, memory_world

PIPELINE = "acme/pipelines/demo/cost/chain.yml"
SOURCE = "acme/sources/charges.yml"
RULES = "acme/dq_rules/quality.yml"
SQL = "acme/transforms/daily.sql"
WRONG = FILES[SQL].replace("raw_data", "raw_dta")


def failing_where_sql_is_wrong(job: Job, rows: list[dict[str, JsonValue]]) -> JobOutcome:
    if "raw_dta" in getattr(job, "sql", ""):
        raise StepError("Not found: Table raw_dta")
    return succeeded(job, rows)


def world_of(files: Mapping[str, str]) -> MemoryWorld:
    return memory_world(configs=MemoryConfigs(files), warehouse=MemoryWarehouse(failing_where_sql_is_wrong))


def edit(world: MemoryWorld, **text_by_path: str | None) -> None:
    """Change the tenant's files; None takes one away."""
    configs = world.configs
    assert isinstance(configs, MemoryConfigs)
    for path, text in text_by_path.items():
        if text is None:
            del configs.folder.files[path]
        else:
            configs.folder.files[path] = text


rerun = partial(rerun_as, configuration="current")


def failed_at_its_sql(files: Mapping[str, str] = FILES) -> tuple[MemoryWorld, Run]:
    """A run whose SQL names a table that is not there; what came before has succeeded."""
    world = world_of({**files, SQL: WRONG})
    return world, finished(world, start(world, CHAIN))


def refusal(world: MemoryWorld, run: Run) -> str:
    with pytest.raises(ConflictError) as caught:
        rerun(world, run)
    assert (caught.value.code, caught.value.run_id) == ("configuration_changed", run.run_id)
    return str(caught.value)


def test_what_failed_is_done_with_the_corrected_sql_and_nothing_else_is_done_again() -> None:
    world, old = failed_at_its_sql()
    edit(world, **{SQL: FILES[SQL]})

    again = finished(world, rerun(world, old))

    assert (old.status, again.status, again.rerun_of) == ("FAILED", "SUCCESS", old.run_id)
    assert [(step.id, step.number, step.status) for step in again.steps] == [("daily", 3, "SUCCESS")]
    assert list(world.warehouse.effects) == [f"cdp_{old.run_id}_{part}" for part in ("1_1", "2_1", "3_2")]


def test_without_saying_so_the_recorded_configuration_counts() -> None:
    world, old = failed_at_its_sql()
    edit(world, **{SQL: FILES[SQL]})

    again = finished(world, rerun(world, old, configuration="recorded"))

    assert again.error_message == "daily: Not found: Table raw_dta"


def test_the_values_that_the_run_was_given_stay_whatever_the_day_and_the_new_default() -> None:
    world = world_of({**FILES, SQL: WRONG})
    old = finished(world, start(world, CHAIN, {"days": "last_7_days"}))
    world.clock.advance(timedelta(days=30))
    changed = (
        FILES[PIPELINE]
        .replace("default: yesterday", "default: last_month")
        .replace("steps:", "  weeks: {type: date_range, default: yesterday}\nsteps:")
    )
    edit(world, **{SQL: FILES[SQL], PIPELINE: changed})

    again = rerun(world, old)

    # The new one's default counts from the run's day, as the others' did.
    assert [(value.name, value.text) for value in again.plan.parameters] == [
        ("days", "2025-11-08/2025-11-14"),
        ("weeks", "2025-11-14/2025-11-14"),
    ]


@pytest.mark.parametrize(
    ("declared", "pointer", "detail"),
    [
        (
            "  span: {type: date_range, default: yesterday}\n",
            "/parameters/days",
            "is not a parameter of this",
        ),
        (
            "  days: {type: date_range, default: yesterday}\n  team: {type: string}\n",
            "/parameters/team",
            "is missing; this pipeline has no default for it",
        ),
        ("  days: {type: integer, default: 7}\n", "/parameters/days", "must be a whole number"),
    ],
)
def test_parameters_that_the_run_has_no_value_for_or_one_too_many_are_refused(
    declared: str, pointer: str, detail: str
) -> None:
    world, old = failed_at_its_sql()
    steps = (
        FILES[PIPELINE]
        .partition("steps:\n")[2]
        .replace(", window: {column: usage_date, parameter: days}", "")
    )
    edit(world, **{SQL: FILES[SQL], PIPELINE: f"parameters:\n{declared}steps:\n{steps}"})

    with pytest.raises(InvalidError) as caught:
        rerun(world, old)

    assert caught.value.code == "invalid_parameters"
    assert pointer in [problem.pointer for problem in caught.value.problems]
    assert any(detail in problem.detail for problem in caught.value.problems)


@pytest.mark.parametrize(
    ("path", "before", "now", "told"),
    [
        (SOURCE, "charges.csv", "other.csv", "step 'ingest_charges' succeeded and differs in source.path"),
        (SOURCE, "csv\n", "csv\ndelimiter: ';'\n", "'ingest_charges' succeeded and differs in source.delimiter"),
        (RULES, "minimum: 1", "minimum: 2", "step 'check' succeeded and differs in rules.has_rows.minimum"),
        (RULES, "  - {id: has_rows, type: row_count, minimum: 1}\n", "", "succeeded and differs in rules.has_rows"),
        (PIPELINE, "rules: quality\n", "rules: quality\n    scope: table\n", "'check' succeeded and differs in scope"),
        (PIPELINE, "id: check", "id: inspect", "step 'check' succeeded and is not there any more"),
        (
            PIPELINE,
            "steps:\n",
            "steps:\n  - {id: first, type: dq, table: raw_data, rules: quality}\n",
            "step 'ingest_charges' succeeded and needs 'first' now, which did not",
        ),
        (
            PIPELINE,
            "    rules: quality\n",
            "    rules: quality\n    on_failure: continue\n",
            "step 'check' succeeded and differs in on_failure",
        ),
    ],
)  # fmt: skip
def test_a_step_that_succeeded_and_has_changed_is_told_with_what_in_it(
    path: str, before: str, now: str, told: str
) -> None:
    world, old = failed_at_its_sql()
    edit(world, **{SQL: FILES[SQL]})
    assert before in FILES[path]
    edit(world, **{path: FILES[path].replace(before, now, 1)})
    events = list(world.log.events)

    assert told in refusal(world, old)
    assert world.log.events == events


def test_the_schema_of_a_table_that_was_filled_must_be_the_same() -> None:
    table = "acme/schemas/charges.yml"
    columns = "name: charges\ncolumns:\n  - {name: service, type: STRING}\n  - {name: cost, type: STRING}\n"
    files = {
        **FILES,
        table: columns,
        PIPELINE: FILES[PIPELINE].replace(
            "{table: raw_data, mode: append}", "{table: charges, mode: append}"
        ),
    }
    world, old = failed_at_its_sql(files)
    edit(world, **{SQL: FILES[SQL], table: f"{columns}  - {{name: team, type: STRING}}\n"})

    assert "step 'ingest_charges' succeeded and differs in table.columns.team" in refusal(world, old)


def test_words_for_people_tries_and_time_limits_are_no_difference() -> None:
    world, old = failed_at_its_sql()
    edit(
        world,
        **{
            SQL: FILES[SQL],
            SOURCE: f"description: what we pay\n{FILES[SOURCE]}",
            RULES: FILES[RULES].replace("minimum: 1", "minimum: 1, description: never none"),
            PIPELINE: FILES[PIPELINE].replace(
                "source: charges\n", "source: charges\n    timeout: 5m\n    retry: {attempts: 1}\n"
            ),
        },
    )

    assert finished(world, rerun(world, old)).status == "SUCCESS"


def test_steps_may_be_added_after_what_succeeded_and_taken_away_where_they_failed() -> None:
    world, old = failed_at_its_sql()
    head, daily = FILES[PIPELINE].split("  - id: daily\n")
    added = "  - {id: check_again, type: dq, table: raw_data, rules: quality}\n"
    edit(world, **{SQL: FILES[SQL], PIPELINE: f"{head}{added}  - id: summary\n{daily}"})

    again = finished(world, rerun(world, old))

    # No number that a step had is given to another: job ids are made of them.
    assert [(step.id, step.number, step.status) for step in again.steps] == [
        ("check_again", 4, "SUCCESS"),
        ("summary", 5, "SUCCESS"),
    ]
    assert f"cdp_{old.run_id}_5_1" in world.warehouse.effects


def test_steps_keep_their_numbers_where_their_order_changes() -> None:
    world = memory_world()
    world.reader.rows_by_path.pop("credits.csv")
    old = finished(world, start(world, GRAPH))
    world.reader.rows_by_path["other.csv"] = [{"service": "a", "cost": "-0.5"}]
    graph = "acme/pipelines/demo/cost/graph.yml"
    steps = FILES[graph].partition("steps:\n")[2].split("  - id: ")[1:]
    turned = "steps:\n" + "".join(f"  - id: {step}" for step in reversed(steps))
    edit(
        world,
        **{graph: turned, "acme/sources/credits.yml": "type: files\npath: other.csv\nformat: csv\n"},
    )

    again = finished(world, rerun(world, old))

    assert [(step.id, step.number, step.status) for step in again.steps] == [
        ("daily", 3, "SUCCESS"),
        ("ingest_credits", 2, "SUCCESS"),
    ]


def test_a_correction_that_fails_too_is_corrected_again() -> None:
    world, first = failed_at_its_sql()
    edit(world, **{SQL: f"{WRONG} AND TRUE"})
    second = finished(world, rerun(world, first))
    edit(world, **{SQL: FILES[SQL]})

    third = finished(world, rerun(world, second))

    assert [run.status for run in (first, second, third)] == ["FAILED", "FAILED", "SUCCESS"]
    assert [job for job in world.warehouse.jobs if "_3_" in job] == [
        f"cdp_{first.run_id}_3_{attempt}" for attempt in (1, 2, 3)
    ]
    edit(world, **{SOURCE: FILES[SOURCE].replace("charges.csv", "other.csv")})


def test_what_an_earlier_rest_did_must_be_the_same_too() -> None:
    world, first = failed_at_its_sql()
    head, daily = FILES[PIPELINE].split("  - id: daily\n")
    added = "  - {id: check_again, type: dq, table: raw_data, rules: quality}\n"
    edit(world, **{PIPELINE: f"{head}{added}  - id: daily\n{daily}"})
    second = finished(world, rerun(world, first))
    assert [step.status for step in second.steps] == ["SUCCESS", "FAILED"]
    edit(world, **{SQL: FILES[SQL], SOURCE: FILES[SOURCE].replace("charges.csv", "other.csv")})

    assert "step 'ingest_charges' succeeded and differs in source.path" in refusal(world, second)


def stopped_in_its_ingest() -> tuple[MemoryWorld, Run]:
    """A run that was cancelled while its ingest was under way, whose job is done nevertheless."""
    world = world_of(FILES)
    old = start(world, CHAIN)
    job_id = JobId(f"cdp_{old.run_id}_1_1")
    world.warehouse.running.add(job_id)
    execute(world, world.publisher.take())
    world.clock.advance(timedelta(seconds=1))
    world.warehouse.running.remove(job_id)
    cancel(world, old)
    world.publisher.take()
    return world, run_of(world, old)


def test_a_step_that_was_stopped_and_is_the_same_is_not_done_twice() -> None:
    world, old = stopped_in_its_ingest()
    edit(world, **{SQL: f"{FILES[SQL]} AND TRUE"})

    again = finished(world, rerun(world, old))

    assert again.status == "SUCCESS"
    assert list(world.warehouse.loaded) == [f"cdp_{old.run_id}_1_1"]
    assert again.totals.rows_ingested == 2


def test_a_step_that_was_stopped_and_has_changed_is_refused() -> None:
    world, old = stopped_in_its_ingest()
    edit(world, **{SOURCE: FILES[SOURCE].replace("charges.csv", "credits.csv")})

    assert (
        "step 'ingest_charges' was stopped, may have had its effect nevertheless, and differs in source.path"
    ) in refusal(world, old)


def test_a_step_that_was_skipped_too_soon_and_has_changed_is_refused() -> None:
    world = world_of(FILES)
    run = start(world, CHAIN)
    execute(world, world.publisher.take())
    now = world.clock.now()
    unlucky = attempt_at(run, run.plan.steps[0], now=now, until=now)
    world.log.append(unlucky.endings(StepResult(Metrics(), failure="gone"), now=now))
    edit(world, **{RULES: FILES[RULES].replace("minimum: 1", "minimum: 2")})

    told = refusal(world, run_of(world, run))

    assert "step 'check' was stopped, may have had its effect nevertheless, and differs in rules" in told


def test_asked_for_twice_it_is_one_run_and_with_the_other_configuration_another_request() -> None:
    world, old = failed_at_its_sql()
    edit(world, **{SQL: FILES[SQL]})
    first = rerun(world, old)

    assert rerun(world, old).run_id == first.run_id
    with pytest.raises(
        ConflictError, match="does the rest of this run with another configuration: QUEUED"
    ) as caught:
        rerun(world, old, configuration="recorded")

    assert (caught.value.code, caught.value.run_id) == ("already_rerun", first.run_id)


def test_the_recorded_rest_is_another_request_than_the_corrected_one() -> None:
    world, old = failed_at_its_sql()
    first = rerun(world, old, configuration="recorded")

    with pytest.raises(ConflictError, match="another configuration: QUEUED"):
        rerun(world, old)
    deliver_all(world)
    with pytest.raises(ConflictError, match="Rerun that one"):
        rerun(world, old)
    edit(world, **{SQL: FILES[SQL]})

    assert finished(world, rerun(world, run_of(world, first))).status == "SUCCESS"


class BusyConfigs(MemoryConfigs):
    """The tenant's files, while whose reading, which takes two seconds, something happens once."""

    def __init__(self, files: Mapping[str, str], clock: SetClock) -> None:
        super().__init__(files)
        self.acts: list[Callable[[], object]] = []
        self._clock = clock

    def load_recipe(self, address: Address) -> Recipe:
        self._clock.advance(timedelta(seconds=1))
        if self.acts:
            self.acts.pop()()
        self._clock.advance(timedelta(seconds=1))
        return super().load_recipe(address)


@pytest.mark.parametrize("lag", [0, 60])
def test_a_rest_that_is_asked_for_while_another_is_planned_is_the_one_that_is_done(lag: int) -> None:
    world, old = failed_at_its_sql()
    edit(world, **{SQL: FILES[SQL]})
    assert isinstance(world.configs, MemoryConfigs)
    configs = BusyConfigs(world.configs.folder.files, world.clock)
    world.log.lag = timedelta(seconds=lag)
    accepted: list[Run] = []
    configs.acts.append(lambda: accepted.append(rerun(world, old, configuration="recorded")))

    with pytest.raises(ConflictError) if lag == 0 else nullcontext():
        rerun(replace(world, configs=configs), old)
    world.clock.advance(LOG_LAG)
    ended = finished(world, accepted[0])

    assert (ended.plan, ended.status) == (accepted[0].plan, "FAILED")
    assert "raw_dta" in world.warehouse.queries[JobId(f"cdp_{old.run_id}_3_2")].sql


def test_from_the_start_all_of_the_current_plan_is_done_with_the_runs_parameters() -> None:
    world = world_of({**FILES, SQL: WRONG})
    old = finished(world, start(world, CHAIN, {"days": "2025-11-01/2025-11-02"}))
    edit(world, **{SQL: FILES[SQL], SOURCE: FILES[SOURCE].replace("charges.csv", "credits.csv")})

    again = finished(world, rerun(world, old, start="start"))

    assert (again.status, again.plan.rows_of) == ("SUCCESS", None)
    assert [value.text for value in again.plan.parameters] == ["2025-11-01/2025-11-02"]
    assert list(world.warehouse.loaded) == [f"cdp_{run.run_id}_1_1" for run in (old, again)]


def test_from_the_start_one_key_is_for_one_configuration() -> None:
    world, old = failed_at_its_sql()
    edit(world, **{SQL: FILES[SQL]})
    first = rerun(world, old, start="start", key="a")

    assert rerun(world, old, start="start", key="a").run_id == first.run_id
    with pytest.raises(InvalidError) as caught:
        rerun(world, old, start="start", key="a", configuration="recorded")

    assert caught.value.code == "idempotency_key_reused"


def test_the_tenants_limits_are_those_of_now() -> None:
    world, old = failed_at_its_sql()
    limits = "display_name: Acme\nlimits: {concurrent_runs: 3, bytes_billed_per_job: 20000000}\n"
    edit(world, **{SQL: FILES[SQL], "acme/tenant.yml": limits})

    plan = rerun(world, old).plan

    assert (plan.concurrent_runs, plan.max_bytes_billed) == (3, 20_000_000)


def test_where_no_step_is_left_there_is_nothing_to_do() -> None:
    world, old = failed_at_its_sql()
    edit(world, **{PIPELINE: FILES[PIPELINE].partition("  - id: daily")[0]})

    with pytest.raises(ConflictError, match="nothing is left to do") as caught:
        rerun(world, old)

    assert caught.value.code == "nothing_failed"


def test_files_that_are_wrong_or_gone_are_told_as_for_a_trigger() -> None:
    world, old = failed_at_its_sql()
    edit(world, **{RULES: "rulez: []\n"})
    with pytest.raises(ConfigError, match="rulez"):
        rerun(world, old)
    edit(world, **{PIPELINE: None})
    with pytest.raises(NotFoundError, match="Pipeline not found"):
        rerun(world, old)
    world.tables.locations.clear()
    with pytest.raises(NotFoundError, match="Tenant not found"):
        rerun(world, old)


@pytest.mark.slow
def test_very_many_differences_are_no_longer_than_a_message() -> None:
    rules = "rules:\n" + "".join(
        f"  - {{id: rule_{n:04d}, type: row_count, minimum: 1}}\n" for n in range(500)
    )
    world, old = failed_at_its_sql({**FILES, RULES: rules})
    edit(world, **{SQL: FILES[SQL], RULES: rules.replace("minimum: 1", "maximum: 99")})

    text = refusal(world, old)

    assert "rules.rule_0000.minimum, rules.rule_0000.maximum, rules.rule_0001.minimum" in text
    assert "and 996 more. Rerun" in text
    assert len(text) < 1000
