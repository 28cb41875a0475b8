"""Messages on their way: who is still owed what, from when, and how often it was tried."""

import sqlite3
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from google.pubsub_v1 import types

from local.pubsub.database import Database


class Delivery(NamedTuple):
    """One message in the hands of one subscription, for the `attempt`th time."""

    subscription: str
    message_id: int
    attempt: int
    message: types.PubsubMessage


class Mailbox:
    """Messages and deliveries, kept in the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def publish(self, topic: str, messages: Sequence[types.PubsubMessage]) -> list[str]:
        """Keep the messages for every subscription of the topic and return their ids; by then they are safe."""
        with self._database.transaction() as db:
            return [str(_post(db, topic, message)) for message in messages]

    def lease(
        self, subscription: str, *, limit: int, deadline_seconds: float, max_attempts: int
    ) -> list[Delivery]:
        """Take up to `limit` messages that are due, oldest first, and count the attempt.

        Messages tried `max_attempts` times already are left for the dead-letter topic; 0 is no limit.
        """
        now = time.time()
        with self._database.transaction() as db:
            rows = db.execute(
                "SELECT message_id, attempt + 1, body FROM deliveries JOIN messages USING (message_id)"
                " WHERE subscription = ? AND due_at <= ? AND (? = 0 OR attempt < ?)"
                " ORDER BY due_at, message_id LIMIT ?",
                (subscription, now, max_attempts, max_attempts, limit),
            ).fetchall()
            db.executemany(
                "UPDATE deliveries SET attempt = ?, leased = 1, due_at = ?"
                " WHERE message_id = ? AND subscription = ?",
                [
                    (attempt, now + deadline_seconds, message_id, subscription)
                    for message_id, attempt, _ in rows
                ],
            )
        return [Delivery(subscription, row[0], row[1], _message(row[0], row[2])) for row in rows]

    def acknowledge(self, subscription: str, message_id: int, attempt: int) -> None:
        """Settle a delivery for good; nothing happens when it is no longer in these hands."""
        with self._database.transaction() as db:
            _forget(db, subscription, message_id, attempt=attempt)

    def postpone(
        self, subscription: str, message_id: int, attempt: int, *, seconds: float, leased: bool
    ) -> None:
        """Make a delivery due in `seconds`: given back (not `leased`), or kept in hand until then (`leased`)."""
        with self._database.transaction() as db:
            db.execute(
                "UPDATE deliveries SET due_at = ?, leased = ?"
                " WHERE message_id = ? AND subscription = ? AND attempt = ?",
                (time.time() + seconds, int(leased), message_id, subscription, attempt),
            )

    def read_exhausted(self, subscription: str, max_attempts: int) -> list[Delivery]:
        """The messages that were tried `max_attempts` times and whose last attempt is over."""
        with self._database.transaction() as db:
            rows = db.execute(
                "SELECT message_id, attempt, body FROM deliveries JOIN messages USING (message_id)"
                " WHERE subscription = ? AND due_at <= ? AND attempt >= ? ORDER BY message_id",
                (subscription, time.time(), max_attempts),
            ).fetchall()
        return [Delivery(subscription, row[0], row[1], _message(row[0], row[2])) for row in rows]

    def bury(self, delivery: Delivery, topic: str, message: types.PubsubMessage) -> None:
        """Publish `message` to the dead-letter topic in place of the delivery, in one transaction."""
        with self._database.transaction() as db:
            _post(db, topic, message)
            _forget(db, delivery.subscription, delivery.message_id, attempt=delivery.attempt)

    def release(self, subscription: str) -> None:
        """Make what was in flight when the process died due at once.

        The attempt that was cut short is not held against the message: it was we who died, not the subscriber.
        """
        with self._database.transaction() as db:
            db.execute(
                "UPDATE deliveries SET due_at = 0, leased = 0, attempt = max(attempt - 1, 0)"
                " WHERE subscription = ? AND leased = 1",
                (subscription,),
            )

    def next_due_at(self) -> float | None:
        """The next moment at which a message that is not due yet will be."""
        with self._database.transaction() as db:
            row = db.execute("SELECT min(due_at) FROM deliveries WHERE due_at > ?", (time.time(),)).fetchone()
        due_at: float | None = row[0]
        return due_at


def _post(db: sqlite3.Connection, topic: str, message: types.PubsubMessage) -> int:
    """Keep one message and owe it to every subscription; with no subscription it is gone, as at Google."""
    message.publish_time = datetime.now(UTC)
    cursor = db.execute("INSERT INTO messages (body) VALUES (?)", (types.PubsubMessage.serialize(message),))
    message_id = cursor.lastrowid or 0
    owed = db.execute(
        "INSERT INTO deliveries (message_id, subscription) SELECT ?, name FROM subscriptions WHERE topic = ?",
        (message_id, topic),
    )
    if owed.rowcount == 0:
        db.execute("DELETE FROM messages WHERE message_id = ?", (message_id,))
    return message_id


def _forget(db: sqlite3.Connection, subscription: str, message_id: int, *, attempt: int) -> None:
    db.execute(
        "DELETE FROM deliveries WHERE message_id = ? AND subscription = ? AND attempt = ?",
        (message_id, subscription, attempt),
    )
    db.execute(
        "DELETE FROM messages WHERE message_id = ?"
        " AND NOT EXISTS (SELECT 1 FROM deliveries WHERE deliveries.message_id = messages.message_id)",
        (message_id,),
    )


def _message(message_id: int, body: bytes) -> types.PubsubMessage:
    message: types.PubsubMessage = types.PubsubMessage.deserialize(body)
    message.message_id = str(message_id)
    return message
