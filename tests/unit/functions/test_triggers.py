"""`triggers`."""

import json
from typing import Any

import pytest
from flask import Request, Response

from functions.triggers.main import answer
from shared.ports import World
from shared.web.endpoint import respond
from tests.fakes.acme import FILES, OTHER_KEY
from tests.fakes.configs import MemoryConfigs
from tests.fakes.runs import sole_acceptance
from tests.fakes.tables import MemoryTables
from tests.fakes.wire import Wire, watched
from tests.fakes.world import memory_world
from tests.unit.functions.asking import answered, request_of, with_key

PATH = "/api/v1/pipelines/run/acme/demo/cost/chain"


def asked(
    world: World,
    *,
    path: str = PATH,
    method: str = "POST",
    body: str | bytes | None = None,
    headers: dict[str, str] | None = None,
    content_type: str | None = "application/json",
) -> tuple[int, dict[str, Any]]:
    request = request_of(
        method, path, body=body, headers=with_key() if headers is None else headers, content_type=content_type
    )
    return answered(request, lambda asked: answer(asked, world))


@pytest.mark.parametrize(
    "body", [None, "", " \n", "{}", '{"parameters": {}}', '{"parameters": {"days": "last_7_days"}}']
)
def test_a_run_is_queued(body: str | None) -> None:
    world = memory_world()

    response: Response = answer(request_of("POST", PATH, body=body, headers=with_key()), world)

    run_id = world.log.events[0].run_id
    assert response.status_code == 202
    assert response.headers["Location"] == f"/api/v1/pipelines/runs/{run_id}"
    assert response.get_json() == {
        "run_id": run_id,
        "pipeline_id": "acme-demo-cost-chain",
        "status": "QUEUED",
        "message": "Pipeline execution queued",
    }


def test_a_dry_run_says_what_a_run_would_do_and_starts_none() -> None:
    world = memory_world()

    status, said = asked(world, body='{"dry_run": true, "parameters": {"days": "2025-11-01/2025-11-02"}}')

    assert (status, said["dry_run"], said["pipeline_id"]) == (200, True, "acme-demo-cost-chain")
    assert said["parameters"] == {"days": "2025-11-01/2025-11-02"}
    assert [step["id"] for step in said["steps"]] == ["ingest_charges", "check", "daily"]
    assert (world.log.events, world.publisher.commands, world.warehouse.jobs) == ([], [], {})


def test_a_dry_run_takes_no_key_and_is_nobody_else_s() -> None:
    world, key = memory_world(), {"Idempotency-Key": "monday"}

    dry, _ = asked(world, body='{"dry_run": true}', headers=with_key() | key)
    started, _ = asked(world, body="{}", headers=with_key() | key)
    others, _ = asked(world, body='{"dry_run": true}', headers=with_key(key=OTHER_KEY))
    wrong, problem = asked(world, body='{"dry_run": true, "parameters": {"dys": "today"}}')
    no_truth, _ = asked(world, body='{"dry_run": "yes"}')

    assert (dry, started, others, wrong, no_truth) == (200, 202, 403, 400, 400)
    assert problem["code"] == "invalid_parameters"


def test_a_body_may_say_its_character_set() -> None:
    content_type = "application/json; charset=utf-8"

    assert asked(memory_world(), body="{}", content_type=content_type)[0] == 202


def test_who_asked_is_recorded_without_the_key() -> None:
    world = memory_world()

    asked(world)

    queued = sole_acceptance(world.log.events)
    assert (queued.trigger, queued.triggered_by[:4]) == ("api", "key ")
    assert "cdp_" not in queued.model_dump_json()


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ("{", 1),
        ("[]", 1),
        ("7", 1),
        ('{"parameters": []}', 1),
        ('{"parameter": {}}', 1),
        ('{"parameters": 1, "x": 2}', 2),
        ("\xff", 1),
        ("[" * 100_000, 1),
        ('{"parameters": {"days": ' + "[" * 5000 + "]" * 5000 + "}}", 1),
        ('{"parameters": {"days": ' + "9" * 5000 + "}}", 1),
    ],
)
def test_a_wrong_body_is_400_with_a_pointer_to_each_thing_that_is_wrong(body: str, errors: int) -> None:
    world = memory_world()

    status, problem = asked(world, body=body.encode("latin-1"))

    assert (status, problem["title"]) == (400, "Bad request")
    assert len(problem["errors"]) == errors
    assert all(set(error) == {"pointer", "detail"} for error in problem["errors"])
    assert world.log.events == []


def test_wrong_parameters_are_400_with_a_pointer_each() -> None:
    body = json.dumps({"parameters": {"days": "tomorrow", "speed": 9}})

    status, problem = asked(memory_world(), body=body)

    assert (status, problem["code"], problem["detail"]) == (
        400,
        "invalid_parameters",
        "The parameters are wrong",
    )
    assert [error["pointer"] for error in problem["errors"]] == ["/parameters/speed", "/parameters/days"]


def test_a_pointer_is_one_even_where_a_name_has_its_signs() -> None:
    _, problem = asked(memory_world(), body=json.dumps({"parameters": {"a/b~c": 1}}))

    assert [error["pointer"] for error in problem["errors"]] == ["/parameters/a~1b~0c"]


def test_a_wrong_configuration_is_400_with_each_place() -> None:
    files = {**FILES, "acme/pipelines/demo/cost/chain.yml": "stepz: []\ntimeout: soon\n"}

    status, problem = asked(memory_world(configs=MemoryConfigs(files)))

    assert (status, problem["code"]) == (400, "invalid_configuration")
    assert [each["pointer"] for each in problem["errors"]] == [
        f"configs/acme/pipelines/demo/cost/chain.yml:{place}" for place in ("1:1", "2:10")
    ]
    assert problem["errors"][0]["detail"].endswith("Did you mean 'steps'?")
    assert problem["errors"][1] == {
        "pointer": "configs/acme/pipelines/demo/cost/chain.yml:2:10",
        "detail": "timeout: must be a duration such as 90s, 30m or 6h",
        "code": "CV0106",
        "file": "configs/acme/pipelines/demo/cost/chain.yml",
        "line": 2,
        "column": 10,
    }


@pytest.mark.parametrize(
    "headers", [{}, {"X-API-Key": ""}, {"X-API-Key": "wrong"}, {"Authorization": "Bearer x"}]
)
def test_no_key_or_a_wrong_one_is_401(headers: dict[str, str]) -> None:
    world = memory_world()

    status, problem = asked(world, headers=headers)

    assert (status, problem["title"], problem["detail"]) == (401, "Unauthorized", "Unauthorized")
    assert world.log.events == []


@pytest.mark.parametrize("tenant", ["acme", "initech", "metadata", "x"])
def test_another_tenant_is_403_whether_it_exists_or_not(tenant: str) -> None:
    world, wire = memory_world(), Wire()

    status, problem = asked(
        watched(world, wire), path=PATH.replace("acme", tenant), headers=with_key(key=OTHER_KEY)
    )

    assert (status, problem["detail"], problem["code"]) == (403, "Permission denied", "permission_denied")
    assert wire.calls == [("strangers", "wait_seconds"), ("keys", "find")]


@pytest.mark.parametrize("pipeline", ["none", "Chain", "chain.yml", "..", "%2e%2e", "a" * 101, "chain%00"])
def test_a_pipeline_that_is_not_there_is_404(pipeline: str) -> None:
    status, problem = asked(memory_world(), path=f"/api/v1/pipelines/run/acme/demo/cost/{pipeline}")

    assert (status, problem["detail"], problem["code"]) == (404, "Pipeline not found", "pipeline_not_found")


def test_a_tenant_without_a_dataset_is_404() -> None:
    status, problem = asked(memory_world(tables=MemoryTables()))

    assert (status, problem["detail"], problem["code"]) == (404, "Tenant not found", "tenant_not_found")


def test_other_paths_are_404_before_anything_is_asked() -> None:
    status, problem = asked(memory_world(), path="/api/v1/pipelines/run/acme/demo/cost", headers={})

    assert (status, problem["code"]) == (404, "unknown_path")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_other_methods_are_405_and_say_what_is_allowed(method: str) -> None:
    response = answer(request_of(method, PATH), memory_world())

    assert (response.status_code, response.headers["Allow"]) == (405, "POST")


def test_a_large_body_is_413() -> None:
    status, problem = asked(memory_world(), body=json.dumps({"parameters": {"x": "y" * 1_000_000}}))

    assert (status, problem["code"]) == (413, "body_too_large")


def test_a_large_body_is_413_even_where_it_does_not_say_how_long_it_is() -> None:
    request = request_of("POST", PATH, body=b"{" + b" " * 1_000_001, headers=with_key())
    request.environ["wsgi.input_terminated"] = True
    del request.environ["CONTENT_LENGTH"]

    status, problem = answered(Request(request.environ), lambda asked: answer(asked, memory_world()))

    assert (status, problem["code"]) == (413, "body_too_large")


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "text/json", "application/octet-stream", None],
)
def test_a_body_that_is_not_said_to_be_json_is_415(content_type: str | None) -> None:
    status, problem = asked(memory_world(), body="{}", content_type=content_type)

    assert (status, problem["code"]) == (415, "unsupported_media_type")
    assert problem["detail"].endswith("Content-Type: application/json")


def test_an_empty_body_may_be_of_any_type() -> None:
    assert asked(memory_world(), body="", content_type="application/octet-stream")[0] == 202


def test_an_idempotency_key_gives_the_same_run_again() -> None:
    world = memory_world()
    headers = with_key({"Idempotency-Key": "monday"})

    first, second = asked(world, headers=headers), asked(world, headers=headers)

    assert first == second
    assert len(world.log.events) == 1


def test_an_idempotency_key_used_for_another_request_is_422() -> None:
    world = memory_world()
    headers = with_key({"Idempotency-Key": "monday"})
    asked(world, headers=headers)

    status, problem = asked(world, headers=headers, body='{"parameters": {"days": "last_7_days"}}')

    assert (status, problem["code"]) == (422, "idempotency_key_reused")


@pytest.mark.parametrize("key", ["", "x" * 256])
def test_an_idempotency_key_that_is_empty_or_too_long_is_400(key: str) -> None:
    status, problem = asked(memory_world(), headers=with_key({"Idempotency-Key": key}))

    assert (status, problem["code"]) == (400, "invalid_idempotency_key")


def test_the_key_may_be_in_the_body_the_header_or_both() -> None:
    world = memory_world()
    header, body = with_key({"Idempotency-Key": "monday"}), '{"idempotency_key": "monday"}'

    runs = [asked(world, headers=header), asked(world, body=body), asked(world, headers=header, body=body)]

    assert runs[0] == runs[1] == runs[2]
    assert len(world.log.events) == 1


def test_two_keys_are_400_with_a_pointer() -> None:
    world = memory_world()

    status, problem = asked(
        world, headers=with_key({"Idempotency-Key": "monday"}), body='{"idempotency_key": "tuesday"}'
    )

    assert (status, problem["code"]) == (400, "invalid_idempotency_key")
    assert [error["pointer"] for error in problem["errors"]] == ["/idempotency_key"]
    assert world.log.events == []


@pytest.mark.parametrize("key", ["", "x" * 256, "a\nb", "\0", 7])
def test_a_key_in_the_body_that_is_none_is_400_with_a_pointer(key: object) -> None:
    status, problem = asked(memory_world(), body=json.dumps({"idempotency_key": key}))

    assert (status, [error["pointer"] for error in problem["errors"]]) == (400, ["/idempotency_key"])


def test_a_topic_out_of_reach_is_503_and_says_when_to_come_back() -> None:
    world = memory_world()
    world.publisher.is_reachable = False
    request = request_of("POST", PATH, headers=with_key())

    status, problem = answered(request, lambda asked: answer(asked, world))

    assert (status, problem["code"]) == (503, "unavailable")
    assert problem["detail"] == "A service that this needs is unavailable; try again"


def test_after_twenty_wrong_keys_an_address_is_429_whatever_it_says_it_is() -> None:
    world = memory_world()

    def tried(number: int, address: str) -> Response:
        headers = with_key({"X-Forwarded-For": f"10.0.0.{number}, {address}"}, key=f"wrong {number}")
        return respond(request_of("POST", PATH, headers=headers), lambda asked: answer(asked, world))

    statuses = [tried(number, "192.0.2.1").status_code for number in range(20)]
    refused, other = tried(20, "192.0.2.1"), tried(20, "192.0.2.2")

    assert statuses == [401] * 20
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "60")
    assert refused.get_json() | {"detail": ""} == {
        "type": "about:blank",
        "title": "Too many requests",
        "status": 429,
        "detail": "",
        "code": "too_many_wrong_keys",
    }
    assert other.status_code == 401
