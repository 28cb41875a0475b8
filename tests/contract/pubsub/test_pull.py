"""Messages taken by hand."""

import pytest
from google.api_core import exceptions

from tests.contract.pubsub.conftest import PubSub
from tests.patience import PATIENCE_SECONDS


def test_a_pulled_message_is_gone_once_it_is_acknowledged(pubsub: PubSub) -> None:
    topic = pubsub.topic()
    name = pubsub.subscription(topic)
    message_id = pubsub.publish(topic, b"one", kind="test")

    [received] = pubsub.pull(name)
    pubsub.subscriber.acknowledge(subscription=name, ack_ids=[received.ack_id])

    assert received.message.message_id == message_id
    assert received.message.data == b"one"
    assert dict(received.message.attributes) == {"kind": "test"}
    assert received.delivery_attempt == 0
    assert pull_now(pubsub, name) == []


def test_a_message_in_hand_is_not_handed_out_again_until_it_is_given_back(pubsub: PubSub) -> None:
    topic = pubsub.topic()
    name = pubsub.subscription(topic)
    pubsub.publish(topic, b"one")
    [first] = pubsub.pull(name)

    in_hand = pull_now(pubsub, name)
    pubsub.subscriber.modify_ack_deadline(subscription=name, ack_ids=[first.ack_id], ack_deadline_seconds=0)
    [again] = pubsub.pull(name)

    assert in_hand == []
    assert again.message.message_id == first.message.message_id


def test_a_pulled_message_given_back_too_often_goes_to_the_dead_letter_topic(pubsub: PubSub) -> None:
    topic, dead = pubsub.topic(), pubsub.topic()
    kept = pubsub.subscription(dead)
    name = pubsub.subscription(topic, dead_letter_policy={"dead_letter_topic": dead})
    pubsub.publish(topic, b"unwanted")

    attempts = []
    for _ in range(5):
        [received] = pubsub.pull(name)
        attempts.append(received.delivery_attempt)
        pubsub.subscriber.modify_ack_deadline(
            subscription=name, ack_ids=[received.ack_id], ack_deadline_seconds=0
        )

    [buried] = pubsub.pull(kept)
    assert attempts == [1, 2, 3, 4, 5]
    assert buried.message.data == b"unwanted"


def test_every_subscription_gets_its_own_copy(pubsub: PubSub) -> None:
    topic = pubsub.topic()
    names = [pubsub.subscription(topic) for _ in range(2)]
    pubsub.publish(topic, b"both")

    received = [pubsub.pull(name) for name in names]

    assert [[one.message.data for one in messages] for messages in received] == [[b"both"], [b"both"]]


def test_pull_waits_for_a_message_that_is_about_to_come(pubsub: PubSub) -> None:
    topic = pubsub.topic()
    name = pubsub.subscription(topic)

    pending = pubsub.publisher.publish(topic, b"soon")
    [received] = pubsub.pull(name)

    assert received.message.message_id == pending.result(timeout=PATIENCE_SECONDS)


def test_a_push_subscription_cannot_be_pulled(pubsub: PubSub) -> None:
    name = pubsub.subscription(pubsub.topic(), push_config={"push_endpoint": "http://localhost:1/"})

    with pytest.raises(exceptions.FailedPrecondition):
        pubsub.subscriber.pull(subscription=name, max_messages=1)


def pull_now(pubsub: PubSub, subscription: str) -> list[object]:
    """What can be had without waiting, or within the blink the stand-in waits."""
    request = {"subscription": subscription, "max_messages": 5}
    return list(pubsub.subscriber.pull(request=request).received_messages)
