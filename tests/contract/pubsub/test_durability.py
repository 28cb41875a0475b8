"""What was answered survives the sudden death of the process."""

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from tests.contract.pubsub.conftest import clients
from tests.contract.pubsub.inbox import Answer, Inbox
from tests.patience import PATIENCE_SECONDS
from tests.tethered import start_module

OpenInbox = Callable[[Answer], Inbox]


@contextmanager
def stand_in(data_dir: Path) -> Iterator[tuple[int, int]]:
    """A stand-in in a process of its own that ends by kill -9; yields its port and pid."""
    where = ("--port", "0", "--data-dir", str(data_dir))
    with start_module("local.pubsub", *where, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            port = re.search(r"localhost:(\d+)", process.stdout.readline())
            assert port is not None
            yield int(port[1]), process.pid
        finally:
            os.kill(process.pid, signal.SIGKILL)


def test_a_publish_that_was_answered_is_delivered_after_a_kill(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, inbox: OpenInbox
) -> None:
    received = inbox(lambda _: 200)
    dead_end = {"push_endpoint": "http://127.0.0.1:9/"}
    slow = {"minimum_backoff": timedelta(seconds=1), "maximum_backoff": timedelta(seconds=1)}
    with stand_in(tmp_path) as (port, _), clients(monkeypatch, port) as before:
        topic = before.topic()
        name = before.subscription(topic, push_config=dead_end, retry_policy=slow)
        pulled = before.subscription(topic)
        message_ids = {before.publish(topic, str(number).encode()) for number in range(20)}

    with stand_in(tmp_path) as (port, _), clients(monkeypatch, port) as after:
        after.subscriber.modify_push_config(subscription=name, push_config={"push_endpoint": received.url})
        bodies = received.wait_for(20)
        kept = after.subscriber.pull(subscription=pulled, max_messages=100).received_messages

    assert {body["message"]["messageId"] for body in bodies} == message_ids
    assert {one.message.message_id for one in kept} == message_ids


def test_a_delivery_cut_short_by_a_kill_comes_again_as_the_same_attempt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, inbox: OpenInbox
) -> None:
    killed = threading.Event()

    def answer_after_the_kill(_: object) -> int:
        killed.wait(timeout=PATIENCE_SECONDS)
        return 200

    received = inbox(answer_after_the_kill)
    with stand_in(tmp_path) as (port, pid), clients(monkeypatch, port) as before:
        topic = before.topic()
        before.subscription(
            topic,
            push_config={"push_endpoint": received.url},
            dead_letter_policy={"dead_letter_topic": before.topic()},
            ack_deadline_seconds=600,
        )
        before.publish(topic, b"in flight")
        received.wait_for(1)
        os.kill(pid, signal.SIGKILL)
    killed.set()

    with stand_in(tmp_path):
        first, second = received.wait_for(2)

    assert first == second
    assert first["deliveryAttempt"] == 1


def test_a_port_in_use_is_named_in_the_last_line_before_the_end(tmp_path: Path) -> None:
    with stand_in(tmp_path / "one") as (port, _):
        command = [
            sys.executable,
            "-m",
            "local.pubsub",
            "--port",
            str(port),
            "--data-dir",
            str(tmp_path / "two"),
        ]
        second = subprocess.run(
            command, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False
        )

    assert second.returncode == 1
    # The gRPC library says something of its own first.
    assert second.stderr.splitlines()[-1] == f"Pub/Sub stand-in: port {port} is in use"
