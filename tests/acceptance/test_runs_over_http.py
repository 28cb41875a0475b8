"""A run from POST to rows, and everything that the API refuses."""

import re
from decimal import Decimal

import pytest

from tests.stage import FOCUS, RUNS, TENANT, Stage

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z")


def test_health_answers_without_a_key(stage: Stage) -> None:
    answer = stage.http("GET", "/health")

    assert answer.status_code == 200
    assert answer.json()["status"] == "ok"
    assert TIME.fullmatch(answer.json()["timestamp"])


def test_readiness_names_each_dependency(stage: Stage) -> None:
    answer = stage.http("GET", "/health/ready")

    assert answer.status_code == 200
    assert [(each["name"], each["status"]) for each in answer.json()["dependencies"]] == [
        ("bigquery", "ok"),
        ("pubsub", "ok"),
    ]


def test_a_trigger_is_accepted_and_says_where_to_look(stage: Stage) -> None:
    answer = stage.http("POST", FOCUS, key=stage.key())

    run_id = answer.json()["run_id"]
    assert answer.status_code == 202
    assert answer.json() == {
        "run_id": run_id,
        "pipeline_id": f"{TENANT}-focus-cost-import",
        "status": "QUEUED",
        "message": "Pipeline execution queued",
    }
    assert answer.headers["Location"] == f"{RUNS}/{run_id}"
    assert stage.finished(run_id, key=stage.key())["status"] == "SUCCESS"


def test_a_run_leaves_checked_and_transformed_rows(stage: Stage) -> None:
    run = stage.run()

    assert run["status"] == "SUCCESS"
    assert [(step["step_id"], step["status"], step["attempt"]) for step in run["steps"]] == [
        ("ingest_charges", "SUCCESS", 1),
        ("check_charges", "SUCCESS", 1),
        ("daily_charges", "SUCCESS", 1),
    ]
    assert run["metrics"]["rows_ingested"] == 120
    assert run["metrics"]["quality_passed"] is True
    assert all(result["passed"] for result in run["steps"][1]["results"])
    [found] = stage.rows(
        f"SELECT SUM(billed_cost) AS cost, SUM(charge_count) AS charges FROM {TENANT}.transformed_data "
        f"WHERE pipeline_id = '{TENANT}-focus-cost-import'"
    )
    assert found == {"cost": Decimal("2.68687806"), "charges": 120}


def test_a_dry_run_says_what_a_run_would_read_and_starts_none(stage: Stage) -> None:
    last, key = stage.run(), stage.key()
    count = stage.http("GET", f"{RUNS}?limit=1", key=key).json()["total"]

    answer = stage.http("POST", FOCUS, key=key, json={"dry_run": True})
    shown = stage.convergence("plan", f"{TENANT}/focus/cost/import")

    said = answer.json()
    _, check, daily = said["steps"]
    assert (answer.status_code, said["dry_run"], said["problems"]) == (200, True, [])
    assert min(check["query"]["bytes_billed"], daily["query"]["bytes_billed"]) >= 10_485_760
    assert (said["compared_with"], said["changes"]) == (last["run_id"], [])
    assert f"The same as run {last['run_id']}" in shown
    assert stage.http("GET", f"{RUNS}?limit=1", key=key).json()["total"] == count


def test_the_views_say_what_the_api_says(stage: Stage) -> None:
    run = stage.run()

    [row] = stage.rows(f"SELECT * FROM metadata.pipeline_runs WHERE run_id = '{run['run_id']}'")
    steps = stage.rows(
        "SELECT step_id, status, rows_in, rows_out FROM metadata.step_logs "
        f"WHERE run_id = '{run['run_id']}' ORDER BY step_number"
    )
    rules = stage.rows(
        f"SELECT rule_id, passed, message FROM metadata.dq_results WHERE run_id = '{run['run_id']}' ORDER BY rule_id"
    )
    same = ("run_id", "pipeline_id", "status", "duration_ms", "error_message")
    totals = ("rows_ingested", "rows_transformed", "quality_passed", "bytes_billed", "slot_ms")
    assert [row[name] for name in same] == [run[name] for name in same]
    assert [row[name] for name in totals] == [run["metrics"][name] for name in totals]
    assert steps == [
        {name: step[name] for name in ("step_id", "status", "rows_in", "rows_out")} for step in run["steps"]
    ]
    results = sorted(run["steps"][1]["results"], key=lambda result: result["rule_id"])
    assert rules == [{name: result[name] for name in ("rule_id", "passed", "message")} for result in results]


def test_a_list_is_newest_first_and_pages_through_all(stage: Stage) -> None:
    run_ids = [stage.run()["run_id"] for _ in range(3)]

    first = stage.http(
        "GET", f"{RUNS}?limit=2&pipeline_id={TENANT}-focus-cost-import", key=stage.key()
    ).json()
    second = stage.http(
        "GET",
        f"{RUNS}?limit=2&pipeline_id={TENANT}-focus-cost-import&page_token={first['next_page_token']}",
        key=stage.key(),
    ).json()

    assert [run["run_id"] for run in first["runs"] + second["runs"]][:3] == run_ids[::-1]
    assert first["total"] == second["total"] >= 3
    assert stage.http("GET", f"{RUNS}?status=FAILED", key=stage.key()).status_code == 200


def test_the_same_idempotency_key_is_the_same_run(stage: Stage) -> None:
    headers = {"Idempotency-Key": "order-7"}

    first = stage.http("POST", FOCUS, key=stage.key(), headers=headers).json()
    again = stage.http("POST", FOCUS, key=stage.key(), headers=headers)
    other = stage.http("POST", FOCUS, key=stage.key(), headers=headers, json={"parameters": {"x": 1}})

    assert again.status_code == 202
    assert again.json()["run_id"] == first["run_id"]
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


def test_a_finished_run_can_no_longer_be_cancelled(stage: Stage) -> None:
    run = stage.run()

    answer = stage.http("DELETE", f"{RUNS}/{run['run_id']}", key=stage.key())

    assert answer.status_code == 409
    assert answer.json()["run_id"] == run["run_id"]


@pytest.mark.parametrize("key", [None, "", "cdp_wrong", "x" * 10_000])
def test_without_a_good_key_nothing_is_answered(stage: Stage, key: str | None) -> None:
    for method, path in (("GET", RUNS), ("GET", f"{RUNS}/1"), ("DELETE", f"{RUNS}/1"), ("POST", FOCUS)):
        answer = stage.http(method, path, key=key)

        assert answer.status_code == 401
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json()["title"] == "Unauthorized"


def test_another_tenants_things_are_forbidden_or_not_there(stage: Stage) -> None:
    run = stage.run()
    other = stage.key("other_tenant_002")

    trigger = stage.http("POST", FOCUS, key=other)
    nobody = stage.http("POST", FOCUS.replace(TENANT, "nobody_at_all"), key=other)
    shown = stage.http("GET", f"{RUNS}/{run['run_id']}", key=other)
    cancelled = stage.http("DELETE", f"{RUNS}/{run['run_id']}", key=other)
    listed = stage.http("GET", RUNS, key=other)

    assert (trigger.status_code, trigger.json()["title"]) == (403, "Permission denied")
    assert nobody.json() == trigger.json()
    assert (shown.status_code, shown.json()["title"], shown.json()["detail"]) == (
        404,
        "Run not found",
        "Run not found",
    )
    assert cancelled.status_code == 404
    assert listed.json() | {"since": ""} == {"runs": [], "total": 0, "next_page_token": None, "since": ""}


@pytest.mark.parametrize(
    ("method", "path", "options", "status"),
    [
        ("POST", FOCUS.replace("import", "nothing"), {}, 404),
        ("POST", f"{FOCUS}/more", {}, 404),
        ("GET", f"{RUNS}/01a20763-2cba-769a-8434-2a5a61b596f5", {}, 404),
        ("GET", f"{RUNS}/'; DROP TABLE x", {}, 404),
        ("GET", "/nowhere", {}, 404),
        ("GET", FOCUS, {}, 405),
        ("POST", RUNS, {}, 405),
        ("POST", "/health", {}, 405),
        ("POST", FOCUS, {"content": "{", "headers": {"Content-Type": "application/json"}}, 400),
        ("POST", FOCUS, {"json": {"params": {}}}, 400),
        ("POST", FOCUS, {"json": {"parameters": {"nope": 1}}}, 400),
        ("POST", FOCUS, {"content": "a=b", "headers": {"Content-Type": "text/plain"}}, 415),
        ("POST", FOCUS, {"content": "x" * 1_000_001, "headers": {"Content-Type": "application/json"}}, 413),
        ("GET", f"{RUNS}?limit=0", {}, 400),
        ("GET", f"{RUNS}?status=DONE", {}, 400),
        ("GET", f"{RUNS}?colour=red", {}, 400),
        ("GET", f"{RUNS}?page_token=nonsense", {}, 400),
        ("GET", f"{RUNS}?since=yesterday", {}, 400),
    ],
)
def test_what_is_wrong_with_a_request_is_said_as_a_problem(
    stage: Stage, method: str, path: str, options: dict[str, object], status: int
) -> None:
    answer = stage.http(method, path, key=stage.key(), **options)

    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == status
