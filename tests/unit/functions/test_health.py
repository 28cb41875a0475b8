"""`health`."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from functions.health.main import answer, health
from shared.ports import World
from tests.fakes.world import memory_world
from tests.unit.functions.asking import answered, request_of


def no_world() -> World:
    raise AssertionError("plain health needs no World")


def asked(method: str, path: str, *, world: Callable[[], World] = no_world) -> tuple[int, dict[str, Any]]:
    return answered(request_of(method, path), lambda request: answer(request, world))


@pytest.mark.parametrize("path", ["/health", "/health/", "/", ""])
def test_health_says_ok_and_the_time_without_a_world(path: str) -> None:
    status, body = asked("GET", path)

    assert status == 200
    assert list(body) == ["status", "timestamp"]
    assert body["status"] == "ok"
    assert body["timestamp"].endswith("Z")
    assert datetime.fromisoformat(body["timestamp"]).microsecond == 0


def test_health_needs_no_key_and_no_settings() -> None:
    assert health(request_of("GET", "/health")).status_code == 200


def test_ready_has_a_line_for_each_dependency() -> None:
    status, body = asked("GET", "/health/ready", world=memory_world)

    assert status == 200
    assert body["dependencies"] == [
        {"name": "bigquery", "status": "ok"},
        {"name": "pubsub", "status": "ok"},
    ]


def test_not_ready_is_503_and_says_which_dependency_is_missing() -> None:
    world = memory_world()
    world.publisher.is_reachable = False

    response = answer(request_of("GET", "/health/ready"), lambda: world)

    assert response.status_code == 503
    assert [each["status"] for each in response.get_json()["dependencies"]] == ["ok", "unavailable"]


def test_other_paths_and_methods_are_refused() -> None:
    assert asked("GET", "/healthy")[0] == 404
    status, body = asked("POST", "/health")
    assert (status, body["detail"]) == (405, "This path takes GET, HEAD")
