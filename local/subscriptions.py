"""`python -m local.subscriptions PUSH_URL SETTINGS`: the platform's topics and subscriptions, made or kept up to date.

As in the cloud, but for the pause before a message is delivered again.
"""

import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import grpc
from google import pubsub_v1
from google.api_core.exceptions import AlreadyExists, NotFound
from google.pubsub_v1.services.publisher.transports import PublisherGrpcTransport
from google.pubsub_v1.services.subscriber.transports import SubscriberGrpcTransport

from local.settings import Settings, parse_settings

_ACK_DEADLINE_SECONDS = 600
_CHANGEABLE = ["push_config", "ack_deadline_seconds", "retry_policy", "dead_letter_policy"]
# What earlier releases made and nobody reads any more.
_ABANDONED = "dead-letter-kept"
_CALL_SECONDS = 10.0


def keep_subscriptions(settings: Settings, *, push_url: str) -> None:
    """Steps published to the topic are pushed to `push_url`, and what fails too often to its path `dead-letter`.

    `push_url` ends in a slash. Names: the topic `{topic}-dead-letter`, the subscriptions `{topic}-executor` and
    `{topic}-dead-letter-executor`.
    """
    prefix = f"projects/{settings.project}/subscriptions/{settings.steps_topic}"
    steps = f"projects/{settings.project}/topics/{settings.steps_topic}"
    dead = f"{steps}-dead-letter"
    executor = {
        **_push_subscription(settings, push_url),
        "name": f"{prefix}-executor",
        "topic": steps,
        "dead_letter_policy": {
            "dead_letter_topic": dead,
            "max_delivery_attempts": settings.delivery_attempts,
        },
    }
    # Without a dead-letter topic of its own: it is delivered until its end is recorded.
    last = {
        **_push_subscription(settings, f"{push_url}dead-letter"),
        "name": f"{prefix}-dead-letter-executor",
        "topic": dead,
    }
    # Over a channel of our own: the caller's environment may be pointing somewhere else.
    with grpc.insecure_channel(f"localhost:{settings.pubsub_port}") as channel:
        publisher = pubsub_v1.PublisherClient(transport=PublisherGrpcTransport(channel=channel))
        subscriber = pubsub_v1.SubscriberClient(transport=SubscriberGrpcTransport(channel=channel))
        for name in (steps, dead):
            _unless(AlreadyExists, publisher.create_topic, name=name)
        for subscription in (last, executor):
            _unless(AlreadyExists, subscriber.create_subscription, request=subscription)
            subscriber.update_subscription(
                request={"subscription": subscription, "update_mask": {"paths": _CHANGEABLE}},
                timeout=_CALL_SECONDS,
            )
        _unless(NotFound, subscriber.delete_subscription, subscription=f"{prefix}-{_ABANDONED}")


def _push_subscription(settings: Settings, endpoint: str) -> dict[str, Any]:
    shortest, longest = (timedelta(seconds=pause) for pause in settings.redelivery_pause_seconds)
    return {
        "push_config": {"push_endpoint": endpoint},
        "ack_deadline_seconds": _ACK_DEADLINE_SECONDS,
        "retry_policy": {"minimum_backoff": shortest, "maximum_backoff": longest},
    }


def _unless(reason: type[Exception], call: Callable[..., Any], **request: object) -> None:
    try:
        # The port may answer a moment before the server does.
        call(**request, timeout=_CALL_SECONDS)
    except reason:
        return


def main() -> None:
    push_url, settings = sys.argv[1:]
    keep_subscriptions(parse_settings(settings), push_url=push_url)


if __name__ == "__main__":
    main()
