"""The topics and subscriptions that exist."""

import sqlite3

from google.pubsub_v1 import types

from local.pubsub.database import Database
from local.pubsub.names import DELETED_TOPIC
from local.pubsub.rejection import already_exists, not_found


class Catalog:
    """Topics and subscriptions by name, kept in the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create_topic(self, topic: types.Topic) -> None:
        with self._database.transaction() as db:
            try:
                db.execute("INSERT INTO topics VALUES (?, ?)", (topic.name, types.Topic.serialize(topic)))
            except sqlite3.IntegrityError as error:
                raise already_exists(topic.name) from error

    def require_topic(self, name: str) -> types.Topic:
        with self._database.transaction() as db:
            row = db.execute("SELECT body FROM topics WHERE name = ?", (name,)).fetchone()
        if row is None:
            raise not_found(name)
        topic: types.Topic = types.Topic.deserialize(row[0])
        return topic

    def has_topic(self, name: str) -> bool:
        with self._database.transaction() as db:
            return db.execute("SELECT 1 FROM topics WHERE name = ?", (name,)).fetchone() is not None

    def read_topics(self) -> list[types.Topic]:
        """All topics by name."""
        with self._database.transaction() as db:
            rows = db.execute("SELECT body FROM topics ORDER BY name").fetchall()
        return [types.Topic.deserialize(row[0]) for row in rows]

    def delete_topic(self, name: str) -> None:
        """Remove the topic; its subscriptions stay, keep what they are owed, and get nothing more."""
        with self._database.transaction() as db:
            if db.execute("DELETE FROM topics WHERE name = ?", (name,)).rowcount == 0:
                raise not_found(name)
        for subscription in self.read_subscriptions():
            if subscription.topic == name:
                subscription.topic = DELETED_TOPIC
                self.replace_subscription(subscription)

    def create_subscription(self, subscription: types.Subscription) -> None:
        self.require_topic(subscription.topic)
        body = types.Subscription.serialize(subscription)
        with self._database.transaction() as db:
            try:
                db.execute(
                    "INSERT INTO subscriptions VALUES (?, ?, ?)",
                    (subscription.name, subscription.topic, body),
                )
            except sqlite3.IntegrityError as error:
                raise already_exists(subscription.name) from error

    def require_subscription(self, name: str) -> types.Subscription:
        with self._database.transaction() as db:
            row = db.execute("SELECT body FROM subscriptions WHERE name = ?", (name,)).fetchone()
        if row is None:
            raise not_found(name)
        subscription: types.Subscription = types.Subscription.deserialize(row[0])
        return subscription

    def read_subscriptions(self) -> list[types.Subscription]:
        """All subscriptions by name."""
        with self._database.transaction() as db:
            rows = db.execute("SELECT body FROM subscriptions ORDER BY name").fetchall()
        return [types.Subscription.deserialize(row[0]) for row in rows]

    def replace_subscription(self, subscription: types.Subscription) -> None:
        body = types.Subscription.serialize(subscription)
        with self._database.transaction() as db:
            db.execute(
                "UPDATE subscriptions SET topic = ?, body = ? WHERE name = ?",
                (subscription.topic, body, subscription.name),
            )

    def delete_subscription(self, name: str) -> None:
        """Remove the subscription and what it was still owed."""
        with self._database.transaction() as db:
            if db.execute("DELETE FROM subscriptions WHERE name = ?", (name,)).rowcount == 0:
                raise not_found(name)
            db.execute("DELETE FROM deliveries WHERE subscription = ?", (name,))
            db.execute("DELETE FROM messages WHERE message_id NOT IN (SELECT message_id FROM deliveries)")
