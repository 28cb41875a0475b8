"""Back-off and limits of a subscription."""

from datetime import timedelta

from google.pubsub_v1 import types

from local.pubsub.policy import backoff_seconds, max_attempts

TOPIC = "projects/p/topics/dead"


def test_the_back_off_doubles_from_the_minimum_and_stops_at_the_maximum() -> None:
    policy = types.RetryPolicy(minimum_backoff=timedelta(seconds=10), maximum_backoff=timedelta(seconds=60))
    subscription = types.Subscription(retry_policy=policy)

    pauses = [backoff_seconds(subscription, attempt) for attempt in (1, 2, 3, 4, 5, 10_000)]

    assert pauses == [10, 20, 40, 60, 60, 60]


def test_without_a_retry_policy_there_is_hardly_a_pause() -> None:
    pause = backoff_seconds(types.Subscription(), 7)

    assert 0 < pause < 1


def test_only_a_dead_letter_topic_limits_the_attempts() -> None:
    policy = types.DeadLetterPolicy(dead_letter_topic=TOPIC, max_delivery_attempts=6)

    limits = [max_attempts(types.Subscription()), max_attempts(types.Subscription(dead_letter_policy=policy))]

    assert limits == [0, 6]
