"""Topics and subscriptions, as the real clients see them."""

from datetime import timedelta

import pytest
from google.api_core import exceptions
from google.protobuf import field_mask_pb2

from tests.contract.pubsub.conftest import PROJECT, PubSub


def test_a_topic_that_was_created_is_found_and_listed(pubsub: PubSub) -> None:
    topic = pubsub.topic()

    listed = [one.name for one in pubsub.publisher.list_topics(project=PROJECT)]

    assert pubsub.publisher.get_topic(topic=topic).name == topic
    assert topic in listed


def test_lists_come_in_pages_the_client_puts_together(pubsub: PubSub) -> None:
    topics = {pubsub.topic() for _ in range(5)}

    pager = pubsub.publisher.list_topics(request={"project": PROJECT, "page_size": 2})

    assert topics <= {topic.name for topic in pager}


def test_creating_a_topic_twice_is_refused(pubsub: PubSub) -> None:
    topic = pubsub.topic()

    with pytest.raises(exceptions.AlreadyExists, match="Resource already exists in the project"):
        pubsub.publisher.create_topic(name=topic)


def test_what_does_not_exist_is_not_found(pubsub: PubSub) -> None:
    topic, subscription = pubsub.name("topics"), pubsub.name("subscriptions")

    with pytest.raises(exceptions.NotFound, match=f"Resource not found .resource={topic}"):
        pubsub.publish(topic, b"lost")
    with pytest.raises(exceptions.NotFound):
        pubsub.publisher.delete_topic(topic=topic)
    with pytest.raises(exceptions.NotFound):
        pubsub.subscriber.create_subscription(name=subscription, topic=topic)
    with pytest.raises(exceptions.NotFound):
        pubsub.subscriber.delete_subscription(subscription=subscription)


def test_a_name_that_is_not_one_is_an_invalid_argument(pubsub: PubSub) -> None:
    with pytest.raises(exceptions.InvalidArgument, match="name=projects/p/topics/1x"):
        pubsub.publisher.create_topic(name="projects/p/topics/1x")


@pytest.mark.parametrize(
    "settings",
    [
        {"ack_deadline_seconds": 601},
        {"push_config": {"push_endpoint": "localhost:80"}},
        {
            "retry_policy": {
                "minimum_backoff": timedelta(seconds=20),
                "maximum_backoff": timedelta(seconds=10),
            }
        },
        {"dead_letter_policy": {"dead_letter_topic": "projects/p/topics/dead", "max_delivery_attempts": 4}},
    ],
)
def test_settings_google_refuses_are_refused(pubsub: PubSub, settings: dict[str, object]) -> None:
    topic = pubsub.topic()

    with pytest.raises(exceptions.InvalidArgument):
        pubsub.subscription(topic, **settings)


def test_settings_left_out_get_googles_defaults(pubsub: PubSub) -> None:
    dead = pubsub.topic()
    name = pubsub.subscription(
        pubsub.topic(),
        ack_deadline_seconds=0,
        retry_policy={},
        dead_letter_policy={"dead_letter_topic": dead},
    )

    kept = pubsub.subscriber.get_subscription(subscription=name)

    assert kept.ack_deadline_seconds == 10
    assert kept.retry_policy.minimum_backoff == timedelta(seconds=10)
    assert kept.retry_policy.maximum_backoff == timedelta(seconds=600)
    assert kept.dead_letter_policy.max_delivery_attempts == 5


def test_an_update_changes_the_fields_its_mask_names_and_no_others(pubsub: PubSub) -> None:
    name = pubsub.subscription(pubsub.topic(), ack_deadline_seconds=20, labels={"keep": "this"})
    wanted = {
        "name": name,
        "ack_deadline_seconds": 30,
        "push_config": {"push_endpoint": "http://localhost:1/"},
    }

    mask = field_mask_pb2.FieldMask(paths=["push_config"])
    updated = pubsub.subscriber.update_subscription(subscription=wanted, update_mask=mask)

    assert updated.push_config.push_endpoint == "http://localhost:1/"
    assert updated.ack_deadline_seconds == 20
    assert dict(updated.labels) == {"keep": "this"}


def test_modify_push_config_turns_push_off_and_on(pubsub: PubSub) -> None:
    name = pubsub.subscription(pubsub.topic(), push_config={"push_endpoint": "http://localhost:1/"})

    pubsub.subscriber.modify_push_config(subscription=name, push_config={})

    assert pubsub.subscriber.get_subscription(subscription=name).push_config.push_endpoint == ""


def test_a_subscription_outlives_its_topic(pubsub: PubSub) -> None:
    topic = pubsub.topic()
    name = pubsub.subscription(topic)

    pubsub.publisher.delete_topic(topic=topic)

    assert pubsub.subscriber.get_subscription(subscription=name).topic == "_deleted-topic_"
    assert name in [one.name for one in pubsub.subscriber.list_subscriptions(project=PROJECT)]
