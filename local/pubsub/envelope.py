"""What a subscriber gets to see: the body of a push request, and a message that was given up on. Pure."""

import base64
import json
from datetime import UTC, datetime

from google.pubsub_v1 import types

from local.pubsub.names import project_and_id

_DEAD_LETTER_ATTRIBUTE = "CloudPubSubDeadLetterSource"


def push_body(subscription: types.Subscription, message: types.PubsubMessage, attempt: int) -> bytes:
    """The wrapped payload of https://cloud.google.com/pubsub/docs/payload-unwrapping.

    Id and time are there under both spellings, as Google sends them; `deliveryAttempt` only when the
    subscription has a dead-letter policy, because only then Google counts.
    """
    published_at = rfc3339(message.publish_time)
    wrapped: dict[str, object] = {
        "data": base64.b64encode(message.data).decode("ascii"),
        "attributes": dict(message.attributes),
        "messageId": message.message_id,
        "message_id": message.message_id,
        "publishTime": published_at,
        "publish_time": published_at,
    }
    if message.ordering_key:
        wrapped["orderingKey"] = message.ordering_key
    body: dict[str, object] = {"message": wrapped, "subscription": subscription.name}
    if subscription.dead_letter_policy.dead_letter_topic:
        body["deliveryAttempt"] = attempt
    return json.dumps(body).encode("utf-8")


def dead_letter(message: types.PubsubMessage, *, subscription: str, attempts: int) -> types.PubsubMessage:
    """The message as it is published to the dead-letter topic: the same, with where it comes from added."""
    project, subscription_id = project_and_id(subscription)
    origin = {
        "DeliveryCount": str(attempts),
        "Subscription": subscription_id,
        "SubscriptionProject": project,
        "TopicPublishTime": rfc3339(message.publish_time),
    }
    attributes = dict(message.attributes)
    attributes.update({_DEAD_LETTER_ATTRIBUTE + name: value for name, value in origin.items()})
    return types.PubsubMessage(data=message.data, attributes=attributes, ordering_key=message.ordering_key)


def rfc3339(moment: datetime) -> str:
    """UTC with milliseconds and `Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
