"""`runs`: doing a run again."""

from typing import Any

import pytest

from functions.runs.main import answer
from shared.domain.plan import PlannedIngest
from shared.domain.source import FilesSource
from shared.ports import World
from tests.fakes.acme import CHAIN, OTHER_KEY, ROWS_BY_PATH
from tests.fakes.configs import MemoryConfigs
from tests.fakes.delivery import deliver_all, start
from tests.fakes.reader import MemoryReader
from tests.fakes.runs import acceptances
from tests.fakes.wire import Wire, watched
from tests.fakes.world import MemoryWorld, memory_world
from tests.unit.functions.asking import answered, request_of, with_key

RUNS = "/api/v1/pipelines/runs"


def failed_run() -> tuple[MemoryWorld, str]:
    """A world in which a run has failed, for a reason that is mended by now."""
    world = memory_world(reader=MemoryReader({}))
    run = start(world, CHAIN)
    deliver_all(world)
    world.reader.rows_by_path.update(ROWS_BY_PATH)
    return world, run.run_id


def asked(
    world: World, run_id: str, *, body: str | None = None, headers: dict[str, str] | None = None
) -> tuple[int, dict[str, Any]]:
    request = request_of("POST", f"{RUNS}/{run_id}/rerun", body=body, headers=headers or with_key())
    return answered(request, lambda asked: answer(asked, world))


@pytest.mark.parametrize("body", [None, "{}", '{"from": "failed"}'])
def test_the_rest_of_a_run_is_accepted_as_a_trigger_is(body: str | None) -> None:
    world, run_id = failed_run()
    request = request_of("POST", f"{RUNS}/{run_id}/rerun", body=body, headers=with_key())

    response = answer(request, world)

    accepted = acceptances(world.log.events)[-1]
    assert (response.status_code, response.headers["Location"]) == (202, f"{RUNS}/{accepted.run_id}")
    assert response.get_json() == {
        "run_id": accepted.run_id,
        "pipeline_id": "acme-demo-cost-chain",
        "status": "QUEUED",
        "message": "Pipeline execution queued",
    }
    assert (accepted.rerun_of, accepted.trigger, accepted.plan.rows_of) == (run_id, "api", run_id)


def test_from_the_start_the_same_key_gives_the_same_run() -> None:
    world, run_id = failed_run()
    headers = with_key({"Idempotency-Key": "again"})

    answers = [asked(world, run_id, body='{"from": "start"}', headers=headers) for _ in range(2)]

    assert answers[0] == answers[1]
    assert acceptances(world.log.events)[-1].plan.rows_of is None


@pytest.mark.parametrize("body", ['{"from": "middle"}', '{"start": "failed"}', "[]"])
def test_another_body_is_400(body: str) -> None:
    world, run_id = failed_run()

    status, problem = asked(world, run_id, body=body)

    assert (status, problem["code"], len(problem["errors"])) == (400, "invalid_body", 1)


def test_another_tenants_run_is_404() -> None:
    world, run_id = failed_run()

    status, problem = asked(world, run_id, headers=with_key(key=OTHER_KEY))

    assert (status, problem["code"]) == (404, "run_not_found")


def test_a_run_that_goes_on_is_409() -> None:
    world = memory_world()
    run = start(world, CHAIN)

    status, problem = asked(world, run.run_id)

    assert (status, problem["code"], problem["run_id"]) == (409, "run_not_ended", run.run_id)


def test_a_run_that_succeeded_is_409_unless_it_is_to_start_again() -> None:
    world = memory_world()
    run = start(world, CHAIN)
    deliver_all(world)

    rest, whole = asked(world, run.run_id), asked(world, run.run_id, body='{"from": "start"}')

    assert (rest[0], rest[1]["code"], rest[1]["run_id"]) == (409, "nothing_failed", run.run_id)
    assert whole[0] == 202


def test_a_run_whose_rest_failed_too_is_409_and_names_that_one() -> None:
    world, run_id = failed_run()
    world.reader.rows_by_path.clear()
    _, accepted = asked(world, run_id)
    deliver_all(world)

    status, problem = asked(world, run_id)

    assert (status, problem["code"], problem["run_id"]) == (409, "already_rerun", accepted["run_id"])


def test_without_a_key_nothing_is_read() -> None:
    world, wire = memory_world(), Wire()

    status, _ = asked(watched(world, wire), "x", headers={"X-API-Key": ""})

    assert (status, wire.calls) == (401, [])


def test_other_methods_are_405() -> None:
    response = answer(request_of("GET", f"{RUNS}/x/rerun"), memory_world())

    assert (response.status_code, response.headers["Allow"]) == (405, "POST")


def test_the_rest_is_done_with_the_current_files_where_the_body_says_so() -> None:
    world, run_id = failed_run()
    configs = world.configs
    assert isinstance(configs, MemoryConfigs)
    configs.folder.files["acme/sources/charges.yml"] = "type: files\npath: credits.csv\nformat: csv\n"

    status, answered = asked(world, run_id, body='{"configuration": "current"}')

    plan = acceptances(world.log.events)[-1].plan
    assert (status, answered["status"]) == (202, "QUEUED")
    step = plan.steps[0]
    assert isinstance(step, PlannedIngest)
    assert isinstance(step.source, FilesSource)
    assert (plan.rows_of, step.source.path, step.attempts_before) == (run_id, "credits.csv", 1)


def test_a_configuration_that_there_is_not_is_refused_and_so_is_another_one_for_the_same_rest() -> None:
    world, run_id = failed_run()

    wrong = asked(world, run_id, body='{"configuration": "new"}')
    asked(world, run_id, body='{"configuration": "current"}')
    other = asked(world, run_id, body='{"configuration": "recorded"}')

    assert (wrong[0], wrong[1]["errors"][0]["pointer"]) == (400, "/configuration")
    assert (other[0], other[1]["code"]) == (409, "already_rerun")
