"""Push delivery: what an endpoint receives, when, and how often."""

import base64
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from tests.contract.pubsub.conftest import PubSub
from tests.contract.pubsub.inbox import Answer, Inbox
from tests.patience import PATIENCE_SECONDS

OpenInbox = Callable[[Answer], Inbox]
QUICK = {"minimum_backoff": timedelta(seconds=0.2), "maximum_backoff": timedelta(seconds=0.4)}


def test_a_message_arrives_wrapped_as_google_wraps_it(pubsub: PubSub, inbox: OpenInbox) -> None:
    received = inbox(lambda _: 204)
    topic = pubsub.topic()
    subscription = pubsub.subscription(topic, push_config={"push_endpoint": received.url})

    message_id = pubsub.publish(topic, b"\x00rows", tenant="acme")

    [body] = received.wait_for(1)
    published_at = body["message"]["publishTime"]
    assert datetime.fromisoformat(published_at).tzinfo is not None
    assert body == {
        "message": {
            "data": base64.b64encode(b"\x00rows").decode(),
            "attributes": {"tenant": "acme"},
            "messageId": message_id,
            "message_id": message_id,
            "publishTime": published_at,
            "publish_time": published_at,
        },
        "subscription": subscription,
    }


@pytest.mark.parametrize("status", [102, 200, 201, 202, 204])
def test_a_message_is_acknowledged_by_success(pubsub: PubSub, inbox: OpenInbox, status: int) -> None:
    received = inbox(lambda _: status)
    topic = pubsub.topic()
    pubsub.subscription(topic, push_config={"push_endpoint": received.url}, retry_policy=QUICK)

    pubsub.publish(topic, b"once")

    received.wait_for(1)
    assert received.stays_at(1, seconds=0.7)


@pytest.mark.parametrize("status", [203, 302, 400, 404, 429, 500, 503])
def test_any_other_answer_brings_the_same_message_again(
    pubsub: PubSub, inbox: OpenInbox, status: int
) -> None:
    received = inbox(lambda _: status if len(received.bodies) == 1 else 200)
    topic = pubsub.topic()
    pubsub.subscription(topic, push_config={"push_endpoint": received.url}, retry_policy=QUICK)

    message_id = pubsub.publish(topic, b"twice")

    assert [body["message"]["messageId"] for body in received.wait_for(2)] == [message_id] * 2
    assert received.stays_at(2, seconds=0.7)


def test_the_pause_doubles_from_the_minimum_up_to_the_maximum(pubsub: PubSub, inbox: OpenInbox) -> None:
    received = inbox(lambda _: 500 if len(received.bodies) < 5 else 200)
    topic = pubsub.topic()
    pubsub.subscription(topic, push_config={"push_endpoint": received.url}, retry_policy=QUICK)

    pubsub.publish(topic, b"patience")

    received.wait_for(5)
    pauses = [later - earlier for earlier, later in zip(received.times, received.times[1:], strict=False)]
    for pause, expected in zip(pauses, [0.2, 0.4, 0.4, 0.4], strict=True):
        assert pause >= expected - 0.05


def test_after_the_last_attempt_the_message_goes_to_the_dead_letter_topic(
    pubsub: PubSub, inbox: OpenInbox
) -> None:
    received = inbox(lambda _: 500)
    topic, dead = pubsub.topic(), pubsub.topic()
    kept = pubsub.subscription(dead)
    subscription = pubsub.subscription(
        topic,
        push_config={"push_endpoint": received.url},
        retry_policy={"minimum_backoff": timedelta(), "maximum_backoff": timedelta()},
        dead_letter_policy={"dead_letter_topic": dead, "max_delivery_attempts": 5},
    )

    pubsub.publish(topic, b"doomed", tenant="acme")

    attempts = [body["deliveryAttempt"] for body in received.wait_for(5)]
    [buried] = pubsub.pull(kept)
    attributes = dict(buried.message.attributes)
    published_at = attributes.pop("CloudPubSubDeadLetterSourceTopicPublishTime")
    assert attempts == [1, 2, 3, 4, 5]
    assert buried.message.data == b"doomed"
    assert attributes == {
        "tenant": "acme",
        "CloudPubSubDeadLetterSourceDeliveryCount": "5",
        "CloudPubSubDeadLetterSourceSubscription": subscription.split("/")[-1],
        "CloudPubSubDeadLetterSourceSubscriptionProject": "contract-test",
    }
    assert published_at == received.bodies[0]["message"]["publishTime"]
    assert received.stays_at(5, seconds=0.5)


def test_an_endpoint_that_is_down_gets_its_messages_once_it_is_up(pubsub: PubSub, inbox: OpenInbox) -> None:
    topic = pubsub.topic()
    nobody = "http://127.0.0.1:9/"
    subscription = pubsub.subscription(topic, push_config={"push_endpoint": nobody}, retry_policy=QUICK)
    pubsub.publish(topic, b"waiting")

    received = inbox(lambda _: 200)
    pubsub.subscriber.modify_push_config(
        subscription=subscription, push_config={"push_endpoint": received.url}
    )

    received.wait_for(1)


def test_a_message_that_hangs_holds_up_no_other(pubsub: PubSub, inbox: OpenInbox) -> None:
    released = threading.Event()

    def hang_on_the_first(body: dict[str, dict[str, object]]) -> int:
        if body["message"]["attributes"] == {"slow": "yes"}:
            released.wait(timeout=PATIENCE_SECONDS)
        return 200

    received = inbox(hang_on_the_first)
    topic = pubsub.topic()
    pubsub.subscription(topic, push_config={"push_endpoint": received.url})

    pubsub.publish(topic, b"slow", slow="yes")
    for _ in range(20):
        pubsub.publish(topic, b"quick")

    received.wait_for(21)
    released.set()


def test_no_answer_within_the_ack_deadline_brings_the_message_again(pubsub: PubSub, inbox: OpenInbox) -> None:
    released = threading.Event()

    def hang_once(_: object) -> int:
        if len(received.bodies) == 1:
            released.wait(timeout=PATIENCE_SECONDS)
        return 200

    received = inbox(hang_once)
    topic = pubsub.topic()
    pubsub.subscription(topic, push_config={"push_endpoint": received.url}, ack_deadline_seconds=10)

    published_at = time.monotonic()
    pubsub.publish(topic, b"late")

    received.wait_for(2)
    released.set()
    assert received.times[1] - published_at >= 10
