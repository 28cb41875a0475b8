"""Push delivery: POST what is due, several at once, again after a pause when it was refused.

Every delivery has a thread of its own and every subscription its own allowance of them, so that neither a slow
message nor a dead endpoint holds up any other.
"""

import http.client
import threading
import time
from collections import Counter
from urllib.parse import urlsplit

from google.pubsub_v1 import types

from local.pubsub.catalog import Catalog
from local.pubsub.envelope import dead_letter, push_body
from local.pubsub.mailbox import Delivery, Mailbox
from local.pubsub.policy import backoff_seconds, max_attempts

# https://cloud.google.com/pubsub/docs/push#receive_push: any other answer, 4xx included, asks for another delivery.
_ACKNOWLEDGED = frozenset({102, 200, 201, 202, 204})
_IN_FLIGHT_PER_SUBSCRIPTION = 16
_LONGEST_PAUSE_SECONDS = 1.0
# A lease outlives the request it is for, so that a request that timed out is settled before its lease is over.
_LEASE_GRACE_SECONDS = 5.0


class Pusher:
    """Delivers to every push subscription until stopped; `wake` says that there may be something to do."""

    def __init__(self, catalog: Catalog, mailbox: Mailbox) -> None:
        self._catalog = catalog
        self._mailbox = mailbox
        self._in_flight: Counter[str] = Counter()
        self._counting = threading.Lock()
        self._woken = threading.Event()
        # So that nothing is settled any more once `stop` has returned and the database may be closed.
        self._settling = threading.Lock()
        self._stopping = threading.Event()
        self._loop = threading.Thread(target=self._run, name="pusher", daemon=True)

    def start(self) -> None:
        for subscription in self._catalog.read_subscriptions():
            if subscription.push_config.push_endpoint:
                self._mailbox.release(subscription.name)
        self._loop.start()

    def wake(self) -> None:
        self._woken.set()

    def is_running(self) -> bool:
        return self._loop.is_alive()

    def stop(self) -> None:
        """Start no further delivery. Those under way are abandoned: the next start delivers them again."""
        with self._settling:
            self._stopping.set()
        self._woken.set()
        self._loop.join(timeout=5)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._woken.clear()
            for subscription in self._catalog.read_subscriptions():
                self._bury_exhausted(subscription)
                if subscription.push_config.push_endpoint:
                    self._push_due(subscription)
            self._woken.wait(timeout=self._pause_seconds())

    def _pause_seconds(self) -> float:
        due_at = self._mailbox.next_due_at()
        if due_at is None:
            return _LONGEST_PAUSE_SECONDS
        return min(_LONGEST_PAUSE_SECONDS, max(0.0, due_at - time.time()))

    def _attempt_limit(self, subscription: types.Subscription) -> int:
        """Deliveries before a message is given up on; 0 is never.

        Without its dead-letter topic a message can't be given up on: it is tried on and on, as at Google.
        """
        limit = max_attempts(subscription)
        return (
            limit
            if limit and self._catalog.has_topic(subscription.dead_letter_policy.dead_letter_topic)
            else 0
        )

    def _bury_exhausted(self, subscription: types.Subscription) -> None:
        limit = self._attempt_limit(subscription)
        if not limit:
            return
        for delivery in self._mailbox.read_exhausted(subscription.name, limit):
            grave = dead_letter(delivery.message, subscription=subscription.name, attempts=delivery.attempt)
            self._mailbox.bury(delivery, subscription.dead_letter_policy.dead_letter_topic, grave)
            self.wake()

    def _push_due(self, subscription: types.Subscription) -> None:
        with self._counting:
            free = _IN_FLIGHT_PER_SUBSCRIPTION - self._in_flight[subscription.name]
        due = self._mailbox.lease(
            subscription.name,
            limit=free,
            deadline_seconds=subscription.ack_deadline_seconds + _LEASE_GRACE_SECONDS,
            max_attempts=self._attempt_limit(subscription),
        )
        for delivery in due:
            with self._counting:
                self._in_flight[subscription.name] += 1
            threading.Thread(target=self._deliver, args=(subscription, delivery), daemon=True).start()

    def _deliver(self, subscription: types.Subscription, delivery: Delivery) -> None:
        try:
            status = _post(subscription, delivery)
            with self._settling:
                if not self._stopping.is_set():
                    self._settle(subscription, delivery, acknowledged=status in _ACKNOWLEDGED)
        finally:
            with self._counting:
                self._in_flight[subscription.name] -= 1
            self.wake()

    def _settle(self, subscription: types.Subscription, delivery: Delivery, *, acknowledged: bool) -> None:
        key = (delivery.subscription, delivery.message_id, delivery.attempt)
        if acknowledged:
            self._mailbox.acknowledge(*key)
            return
        is_last = delivery.attempt == self._attempt_limit(subscription)
        pause = 0.0 if is_last else backoff_seconds(subscription, delivery.attempt)
        self._mailbox.postpone(*key, seconds=pause, leased=False)


def _post(subscription: types.Subscription, delivery: Delivery) -> int | None:
    """POST one message; the status of the answer, or None when there was none before the deadline."""
    url = urlsplit(subscription.push_config.push_endpoint)
    secure = url.scheme == "https"
    connect = http.client.HTTPSConnection if secure else http.client.HTTPConnection
    connection = connect(url.hostname or "", url.port, timeout=subscription.ack_deadline_seconds)
    target = (url.path or "/") + (f"?{url.query}" if url.query else "")
    body = push_body(subscription, delivery.message, delivery.attempt)
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "CloudPubSub-Google",
        "Accept": "application/json",
    }
    try:
        connection.request("POST", target, body=body, headers=headers)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
