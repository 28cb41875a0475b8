"""The platform as tests and the demo start it."""

import dataclasses
import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import httpx
import pytest
from google import pubsub_v1
from google.pubsub_v1.services.publisher.transports import PublisherGrpcTransport

from local.settings import Settings, StartError, isolated_settings
from local.supervisor import Platform, platform
from tests import plain_http
from tests.contract.platform.root import make_root
from tests.contract.platform.test_child import is_alive
from tests.patience import PATIENCE_SECONDS, eventually

CHILDREN = ("bigquery", "pubsub", "storage", "gateway", "executor", "reconciler")


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    root = make_root(tmp_path_factory.mktemp("root") / "project")
    isolated = isolated_settings(root / "kept", configs_dir=root / "configs")
    return dataclasses.replace(
        isolated,
        root=root,
        reconcile_every_seconds=0.2,
        delivery_attempts=5,
        redelivery_pause_seconds=(1, 1),
        with_samples=False,
    )


@pytest.fixture(scope="module")
def running(settings: Settings) -> Iterator[Platform]:
    with platform(settings) as started:
        yield started


def test_one_port_leads_to_every_function(running: Platform) -> None:
    paths = ["/health", "/api/v1/pipelines/runs", "/api/v1/pipelines/run/a/b/c/d", "/elsewhere"]

    responses = [plain_http.get(running.api_url + path) for path in paths]

    assert [response.status_code for response in responses] == [200, 200, 200, 404]
    assert [response.json().get("function") for response in responses] == ["health", "runs", "triggers", None]
    assert responses[3].headers["Content-Type"] == "application/problem+json"


def test_a_published_step_reaches_the_executor_and_the_log_file(running: Platform) -> None:
    publish(running, "hello")

    eventually(lambda: bool(rows(running, "hello")))
    [row] = rows(running, "hello")
    assert (row["action"], row["attempt"], row["pid"]) == ("executor", 1, running.pid_of("executor"))


def test_a_step_that_kills_the_executor_is_delivered_to_the_next_one(running: Platform) -> None:
    before = running.pid_of("executor")

    publish(running, "die at first")

    eventually(lambda: len(rows(running, "die at first")) == 2)
    first, second = rows(running, "die at first")
    assert (first["pid"], first["attempt"]) == (before, 1)
    assert second["pid"] == running.pid_of("executor")
    # More where it was not yet there for the second.
    assert second["attempt"] >= 2


def test_a_step_that_is_refused_too_often_goes_to_the_dead_letter_path(running: Platform) -> None:
    publish(running, "refuse but the dead")

    eventually(lambda: any(row["path"] == "/dead-letter" for row in rows(running, "refuse but the dead")))
    paths = [row["path"] for row in rows(running, "refuse but the dead")]
    assert paths == ["/"] * 5 + ["/dead-letter"]


def test_the_clock_calls_the_reconciler_again_and_again_whatever_it_answers(running: Platform) -> None:
    before = len(calls(running, "reconciler"))

    eventually(lambda: len(calls(running, "reconciler")) > before + 2)

    killed = running.pid_of("reconciler")
    os.kill(killed, signal.SIGKILL)
    eventually(lambda: any(row["pid"] != killed for row in calls(running, "reconciler")))


@pytest.mark.parametrize("name", ["bigquery", "pubsub", "storage", "gateway", "executor"])
def test_whatever_is_killed_comes_back_on_its_port(running: Platform, name: str) -> None:
    before = running.pid_of(name)

    os.kill(before, signal.SIGKILL)
    eventually(lambda: running.pid_of(name) != before)

    eventually(lambda: all(is_served(url) for url in addresses(running.settings)))
    publish(running, f"after {name}")
    eventually(lambda: bool(rows(running, f"after {name}")))


def test_a_second_platform_on_the_same_folder_is_refused(running: Platform) -> None:
    elsewhere = isolated_settings(running.settings.data_dir, configs_dir=running.settings.configs_dir)

    with (
        pytest.raises(StartError, match=f"already in use by a running platform .process {os.getpid()}"),
        platform(elsewhere),
    ):
        pass


def test_a_port_in_use_is_named_with_its_variable_before_anything_starts(
    running: Platform, tmp_path: Path
) -> None:
    isolated = isolated_settings(tmp_path, configs_dir=tmp_path)
    taken = dataclasses.replace(isolated, pubsub_port=running.settings.pubsub_port)

    with (
        pytest.raises(StartError, match=f"Port {taken.pubsub_port} is in use.*PUBSUB_PORT"),
        platform(taken),
    ):
        pass

    assert not (tmp_path / "output").exists()


def test_stopping_leaves_no_process_and_a_second_start_finds_the_data(tmp_path: Path) -> None:
    root = make_root(tmp_path / "project")
    isolated = isolated_settings(root / "kept", configs_dir=root / "configs")
    settings = dataclasses.replace(isolated, root=root, with_samples=False)
    with platform(settings) as first:
        pids = [first.pid_of(name) for name in CHILDREN]
        publish(first, "refuse")
        eventually(lambda: bool(rows(first, "refuse")))

    with platform(settings) as second:
        eventually(lambda: any(row["pid"] == second.pid_of("executor") for row in rows(second, "refuse")))

    assert not any(is_alive(pid) for pid in pids)


def addresses(settings: Settings) -> list[str]:
    ports = (settings.port, settings.bigquery_port, settings.pubsub_port, settings.storage_port)
    return [f"http://127.0.0.1:{port}/health" for port in ports]


def is_served(url: str) -> bool:
    """Whether somebody answers, if only that this is no HTTP."""
    try:
        plain_http.get(url, timeout=PATIENCE_SECONDS)
    except httpx.RemoteProtocolError:
        return True
    except httpx.HTTPError:
        return False
    return True


def publish(running: Platform, said: str) -> None:
    settings = running.settings
    with grpc.insecure_channel(running.env["PUBSUB_EMULATOR_HOST"]) as channel:
        client = pubsub_v1.PublisherClient(transport=PublisherGrpcTransport(channel=channel))
        topic = f"projects/{settings.project}/topics/{settings.steps_topic}"
        client.publish(
            topic=topic,
            messages=[pubsub_v1.types.PubsubMessage(data=said.encode())],
            timeout=PATIENCE_SECONDS,
        )


def rows(running: Platform, said: str) -> list[dict[str, Any]]:
    """The log rows of the functions that were told `said`."""
    logged = [json.loads(line) for line in running.settings.log_file.read_text().splitlines()]
    return [row for row in logged if row["status"] == said]


def calls(running: Platform, function: str) -> list[dict[str, Any]]:
    """The log rows of one of the functions."""
    logged = [json.loads(line) for line in running.settings.log_file.read_text().splitlines()]
    return [row for row in logged if row["action"] == function]
