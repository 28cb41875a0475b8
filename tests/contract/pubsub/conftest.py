"""The real clients against the Pub/Sub stand-in."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from google.cloud import pubsub_v1

from local.pubsub.server import PubSubServer
from tests.contract.pubsub.inbox import Answer, Inbox
from tests.patience import PATIENCE_SECONDS

PROJECT = "projects/contract-test"


class PubSub(NamedTuple):
    """The two clients, and names nobody else uses."""

    publisher: pubsub_v1.PublisherClient
    subscriber: pubsub_v1.SubscriberClient

    def name(self, collection: str) -> str:
        return f"{PROJECT}/{collection}/n{uuid.uuid4().hex}"

    def topic(self) -> str:
        return str(self.publisher.create_topic(name=self.name("topics")).name)

    def subscription(self, topic: str, **settings: object) -> str:
        """A subscription of the topic; a message may be in hand for long, however busy the machine is."""
        patient = {"ack_deadline_seconds": 600, **settings}
        request = {"name": self.name("subscriptions"), "topic": topic, **patient}
        return str(self.subscriber.create_subscription(request=request).name)

    def pull(self, subscription: str) -> list[pubsub_v1.types.ReceivedMessage]:
        """The messages that come first: a pull may bring nothing before there is something."""
        while True:
            answer = self.subscriber.pull(subscription=subscription, max_messages=10)
            if answer.received_messages:
                return list(answer.received_messages)

    def publish(self, topic: str, data: bytes, **attributes: str) -> str:
        return str(self.publisher.publish(topic, data, **attributes).result(timeout=PATIENCE_SECONDS))


@pytest.fixture(scope="session")
def pubsub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PubSub]:
    directory: Path = tmp_path_factory.mktemp("pubsub")
    server = PubSubServer(directory, port=0)
    with pytest.MonkeyPatch.context() as environment, clients(environment, server.port) as both:
        yield both
    server.stop()


@contextmanager
def clients(environment: pytest.MonkeyPatch, port: int) -> Iterator[PubSub]:
    """The clients as production makes them: the address comes from the environment."""
    environment.setenv("PUBSUB_EMULATOR_HOST", f"localhost:{port}")
    both = PubSub(pubsub_v1.PublisherClient(), pubsub_v1.SubscriberClient())
    try:
        yield both
    finally:
        both.publisher.stop()
        both.publisher.transport.close()
        both.subscriber.close()


@pytest.fixture
def inbox() -> Iterator[Callable[[Answer], Inbox]]:
    """Opens push endpoints and closes them after the test."""
    opened: list[Inbox] = []

    def open_inbox(answer: Answer) -> Inbox:
        opened.append(Inbox(answer))
        return opened[-1]

    yield open_inbox
    for one in opened:
        one.close()
