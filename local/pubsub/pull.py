"""The calls of google.pubsub.v1.Subscriber that take messages by hand: Pull, Acknowledge, ModifyAckDeadline."""

import time
from collections.abc import Iterable

import grpc
from google.pubsub_v1 import types

from local.pubsub.catalog import Catalog
from local.pubsub.mailbox import Delivery, Mailbox
from local.pubsub.names import require_name
from local.pubsub.policy import backoff_seconds, max_attempts
from local.pubsub.push import Pusher
from local.pubsub.rejection import RejectedError, invalid

_LONGEST_WAIT_SECONDS = 2.0
_LOOK_AGAIN_SECONDS = 0.05
_LONGEST_ACK_DEADLINE_SECONDS = 600


class PullCalls:
    """One method a call; each takes the request and returns the answer or raises RejectedError."""

    def __init__(self, catalog: Catalog, mailbox: Mailbox, pusher: Pusher) -> None:
        self._catalog = catalog
        self._mailbox = mailbox
        self._pusher = pusher

    def pull(self, request: types.PullRequest) -> types.PullResponse:
        """Answer with what is due, at the latest after a few seconds with nothing."""
        subscription = self._require_pulled(request.subscription)
        if request.max_messages < 1:
            raise invalid("The value for max_messages has to be at least 1.")
        give_up_at = time.monotonic() + (0 if request.return_immediately else _LONGEST_WAIT_SECONDS)
        deliveries = self._lease(subscription, request.max_messages)
        while not deliveries and time.monotonic() < give_up_at:
            time.sleep(_LOOK_AGAIN_SECONDS)
            deliveries = self._lease(subscription, request.max_messages)
        counted = max_attempts(subscription) > 0
        received = [_received(delivery, counted=counted) for delivery in deliveries]
        return types.PullResponse(received_messages=received)

    def acknowledge(self, request: types.AcknowledgeRequest) -> None:
        subscription = self._require_pulled(request.subscription)
        for message_id, attempt in _parse_ack_ids(request.ack_ids):
            self._mailbox.acknowledge(subscription.name, message_id, attempt)

    def modify_ack_deadline(self, request: types.ModifyAckDeadlineRequest) -> None:
        """Keep the messages in hand for longer; 0 seconds gives them back, to come again after the back-off."""
        subscription = self._require_pulled(request.subscription)
        seconds = request.ack_deadline_seconds
        if not 0 <= seconds <= _LONGEST_ACK_DEADLINE_SECONDS:
            raise invalid(f"Invalid ack deadline given (ack_deadline_secs={seconds}), it has to be 0 to 600.")
        for message_id, attempt in _parse_ack_ids(request.ack_ids):
            pause = float(seconds)
            if seconds == 0 and "retry_policy" in subscription:
                pause = backoff_seconds(subscription, attempt)
            self._mailbox.postpone(subscription.name, message_id, attempt, seconds=pause, leased=seconds > 0)
        self._pusher.wake()

    def _require_pulled(self, name: str) -> types.Subscription:
        subscription = self._catalog.require_subscription(require_name(name, collection="subscriptions"))
        if subscription.push_config.push_endpoint:
            raise RejectedError(
                grpc.StatusCode.FAILED_PRECONDITION,
                f"{name} is a push subscription; only others can be pulled.",
            )
        return subscription

    def _lease(self, subscription: types.Subscription, limit: int) -> list[Delivery]:
        topic = subscription.dead_letter_policy.dead_letter_topic
        return self._mailbox.lease(
            subscription.name,
            limit=limit,
            deadline_seconds=subscription.ack_deadline_seconds,
            max_attempts=max_attempts(subscription) if self._catalog.has_topic(topic) else 0,
        )


def _received(delivery: Delivery, *, counted: bool) -> types.ReceivedMessage:
    return types.ReceivedMessage(
        ack_id=f"{delivery.message_id}-{delivery.attempt}",
        message=delivery.message,
        delivery_attempt=delivery.attempt if counted else 0,
    )


def _parse_ack_ids(ack_ids: Iterable[str]) -> list[tuple[int, int]]:
    parsed = []
    for ack_id in ack_ids:
        message_id, _, attempt = ack_id.partition("-")
        if not (message_id.isdecimal() and attempt.isdecimal()):
            raise invalid(f"Invalid ack ID: (ack_id={ack_id}).")
        parsed.append((int(message_id), int(attempt)))
    if not parsed:
        raise invalid("No ack ids specified.")
    return parsed
