"""The platform's own topics and subscriptions."""

import dataclasses
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from local.pubsub.server import PubSubServer
from local.settings import Settings, isolated_settings
from local.subscriptions import keep_subscriptions
from tests.contract.pubsub.conftest import PubSub, clients

TOPIC = "projects/convergence-local/topics/pipeline-steps"
SUBSCRIPTION = "projects/convergence-local/subscriptions/pipeline-steps"


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[PubSub, Settings]]:
    """A Pub/Sub of our own, and settings that name it."""
    server = PubSubServer(tmp_path, port=0)
    settings = isolated_settings(tmp_path, configs_dir=tmp_path)
    with pytest.MonkeyPatch.context() as patch, clients(patch, server.port) as both:
        yield both, dataclasses.replace(settings, pubsub_port=server.port)
    server.stop()


def test_steps_and_dead_letters_are_pushed_to_the_executor_wherever_it_is_now(
    served: tuple[PubSub, Settings],
) -> None:
    pubsub, settings = served

    keep_subscriptions(settings, push_url="http://127.0.0.1:1/")
    keep_subscriptions(settings, push_url="http://127.0.0.1:2/")

    steps = pubsub.subscriber.get_subscription(subscription=f"{SUBSCRIPTION}-executor")
    dead = pubsub.subscriber.get_subscription(subscription=f"{SUBSCRIPTION}-dead-letter-executor")
    assert (steps.topic, dead.topic) == (TOPIC, f"{TOPIC}-dead-letter")
    assert steps.push_config.push_endpoint == "http://127.0.0.1:2/"
    assert dead.push_config.push_endpoint == "http://127.0.0.1:2/dead-letter"
    assert steps.dead_letter_policy.dead_letter_topic == dead.topic
    assert steps.dead_letter_policy.max_delivery_attempts == 100
    assert "dead_letter_policy" not in dead
    pauses = {
        (each.retry_policy.minimum_backoff, each.retry_policy.maximum_backoff) for each in (steps, dead)
    }
    assert pauses == {(timedelta(seconds=1), timedelta(seconds=60))}


def test_the_subscription_that_earlier_releases_made_for_dead_letters_is_removed(
    served: tuple[PubSub, Settings],
) -> None:
    pubsub, settings = served
    dead = pubsub.publisher.create_topic(name=f"{TOPIC}-dead-letter").name
    pubsub.subscriber.create_subscription(name=f"{SUBSCRIPTION}-dead-letter-kept", topic=dead)

    keep_subscriptions(settings, push_url="http://127.0.0.1:1/")

    listed = pubsub.subscriber.list_subscriptions(project="projects/convergence-local")
    names = [each.name for each in listed]
    assert names == [f"{SUBSCRIPTION}-dead-letter-executor", f"{SUBSCRIPTION}-executor"]
