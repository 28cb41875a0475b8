"""Publishing commands: in memory, in the simulation and over the Pub/Sub stand-in."""

from collections.abc import Callable, Iterator

import pytest
from google.cloud import pubsub_v1

from local.pubsub.server import PubSubServer
from shared.adapters.pubsub_publisher import PubSubPublisher
from shared.domain.command import RunStep
from shared.domain.errors import TransientError
from shared.domain.ids import run_id_at
from shared.ports import Publisher
from tests.fakes.clock import NOON
from tests.fakes.publisher import MemoryPublisher
from tests.patience import PATIENCE_SECONDS
from tests.simulation.calm import calm, calm_timeline
from tests.simulation.topic import Message, SimulatedTopic

PROJECT = "contract-project"
TOPIC = f"projects/{PROJECT}/topics/pipeline-steps"
SUBSCRIPTION = f"projects/{PROJECT}/subscriptions/test"
COMMAND = RunStep(tenant_id="acme", run_id=run_id_at(NOON), step_id="ingest", facts=())
Delivered = Callable[[], list[RunStep]]


@pytest.fixture(scope="module")
def pubsub(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[pubsub_v1.PublisherClient, pubsub_v1.SubscriberClient]]:
    """The clients as production makes them: the address comes from the environment."""
    server = PubSubServer(tmp_path_factory.mktemp("pubsub"), port=0)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("PUBSUB_EMULATOR_HOST", f"localhost:{server.port}")
        publisher, subscriber = pubsub_v1.PublisherClient(), pubsub_v1.SubscriberClient()
    publisher.create_topic(name=TOPIC)
    subscriber.create_subscription(request={"name": SUBSCRIPTION, "topic": TOPIC})
    yield publisher, subscriber
    publisher.stop()
    publisher.transport.close()
    subscriber.close()
    server.stop()


def simulated() -> tuple[Publisher, Delivered]:
    """A topic whose subscriber acknowledges whatever comes."""
    timeline, came = calm_timeline(NOON), list[RunStep]()
    topic = SimulatedTopic(timeline, watch=lambda _: None)

    def take(message: Message) -> None:
        came.append(message.command)
        topic.acknowledge(message, message.deliveries)

    def delivered() -> list[RunStep]:
        while timeline.step():
            pass
        return came

    topic.deliver = take
    return calm(topic, timeline), delivered


@pytest.fixture(params=["memory", "simulation", "pubsub"])
def topic(request: pytest.FixtureRequest) -> tuple[Publisher, Delivered]:
    """Every implementation, and what arrives from each."""
    if request.param == "memory":
        memory = MemoryPublisher()
        return memory, lambda: memory.commands
    if request.param == "simulation":
        return simulated()
    publisher, subscriber = request.getfixturevalue("pubsub")
    return (
        PubSubPublisher(publisher, project=PROJECT, topic="pipeline-steps"),
        lambda: [RunStep.model_validate_json(message.data) for message in pulled(subscriber)],
    )


def pulled(subscriber: pubsub_v1.SubscriberClient) -> list[pubsub_v1.types.PubsubMessage]:
    """What waits in the subscription, which is then empty."""
    answer = subscriber.pull(subscription=SUBSCRIPTION, max_messages=10, timeout=PATIENCE_SECONDS)
    if answer.received_messages:
        taken = [received.ack_id for received in answer.received_messages]
        subscriber.acknowledge(subscription=SUBSCRIPTION, ack_ids=taken)
    return [received.message for received in answer.received_messages]


def test_a_command_arrives_as_it_was_published(topic: tuple[Publisher, Delivered]) -> None:
    publisher, delivered = topic

    publisher.publish(COMMAND)

    assert delivered() == [COMMAND]


def test_a_topic_that_is_there_answers(topic: tuple[Publisher, Delivered]) -> None:
    topic[0].ping()


def test_a_message_says_what_it_is_about_without_being_opened(
    pubsub: tuple[pubsub_v1.PublisherClient, pubsub_v1.SubscriberClient],
) -> None:
    publisher, subscriber = pubsub

    PubSubPublisher(publisher, project=PROJECT, topic="pipeline-steps").publish(COMMAND)

    [message] = pulled(subscriber)
    assert dict(message.attributes) == {"tenant_id": "acme", "run_id": COMMAND.run_id, "step_id": "ingest"}


def test_a_topic_that_is_out_of_reach_in_memory_is_left_for_later() -> None:
    publisher = MemoryPublisher()
    publisher.is_reachable = False

    with pytest.raises(TransientError):
        publisher.publish(COMMAND)


def test_a_topic_that_does_not_exist_is_left_for_later(
    pubsub: tuple[pubsub_v1.PublisherClient, pubsub_v1.SubscriberClient],
) -> None:
    publisher = PubSubPublisher(pubsub[0], project=PROJECT, topic="nowhere")

    with pytest.raises(TransientError):
        publisher.publish(COMMAND)
