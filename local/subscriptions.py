"""The topics and subscriptions of the platform, made or brought up to date.

As in the cloud, but for the back-off: 1 s to 60 s instead of 10 s to 600 s, because whoever tries something on a
laptop watches it.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import grpc
from google import pubsub_v1
from google.api_core.exceptions import AlreadyExists
from google.pubsub_v1.services.publisher.transports import PublisherGrpcTransport
from google.pubsub_v1.services.subscriber.transports import SubscriberGrpcTransport

_ACK_DEADLINE_SECONDS = 600
_MAX_ATTEMPTS = 20
_MINIMUM_BACKOFF = timedelta(seconds=1)
_MAXIMUM_BACKOFF = timedelta(seconds=60)
_CHANGEABLE = ["push_config", "ack_deadline_seconds", "retry_policy", "dead_letter_policy"]
_CALL_SECONDS = 10.0


def keep_subscriptions(address: str, *, project: str, topic: str, push_url: str) -> None:
    """Steps published to `topic` are pushed to `push_url`; what fails too often waits in a subscription to be pulled.

    `address` is `host:port` of Pub/Sub. Names: `{topic}-executor`, `{topic}-dead-letter`, `{topic}-dead-letter-kept`.
    """
    steps = f"projects/{project}/topics/{topic}"
    dead = f"{steps}-dead-letter"
    executor = {
        "name": f"projects/{project}/subscriptions/{topic}-executor",
        "topic": steps,
        "push_config": {"push_endpoint": push_url},
        "ack_deadline_seconds": _ACK_DEADLINE_SECONDS,
        "retry_policy": {"minimum_backoff": _MINIMUM_BACKOFF, "maximum_backoff": _MAXIMUM_BACKOFF},
        "dead_letter_policy": {"dead_letter_topic": dead, "max_delivery_attempts": _MAX_ATTEMPTS},
    }
    kept = {"name": f"projects/{project}/subscriptions/{topic}-dead-letter-kept", "topic": dead}
    # Over a channel of our own: the caller's environment may be pointing somewhere else.
    with grpc.insecure_channel(address) as channel:
        publisher = pubsub_v1.PublisherClient(transport=PublisherGrpcTransport(channel=channel))
        subscriber = pubsub_v1.SubscriberClient(transport=SubscriberGrpcTransport(channel=channel))
        for name in (steps, dead):
            _unless_there(publisher.create_topic, name=name)
        _unless_there(subscriber.create_subscription, request=kept)
        _unless_there(subscriber.create_subscription, request=executor)
        subscriber.update_subscription(
            request={"subscription": executor, "update_mask": {"paths": _CHANGEABLE}}, timeout=_CALL_SECONDS
        )


def _unless_there(create: Callable[..., Any], **request: object) -> None:
    try:
        # The port may answer a moment before the server does.
        create(**request, timeout=_CALL_SECONDS)
    except AlreadyExists:
        return
