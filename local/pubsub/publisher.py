"""The calls of google.pubsub.v1.Publisher."""

from google.pubsub_v1 import types

from local.pubsub.catalog import Catalog
from local.pubsub.mailbox import Mailbox
from local.pubsub.names import require_name, require_project
from local.pubsub.pages import page
from local.pubsub.push import Pusher
from local.pubsub.rejection import invalid

_LARGEST_REQUEST_BYTES = 10_000_000
_MOST_MESSAGES = 1000


class PublisherCalls:
    """One method a call; each takes the request and returns the answer or raises RejectedError."""

    def __init__(self, catalog: Catalog, mailbox: Mailbox, pusher: Pusher) -> None:
        self._catalog = catalog
        self._mailbox = mailbox
        self._pusher = pusher

    def create_topic(self, topic: types.Topic) -> types.Topic:
        require_name(topic.name, collection="topics")
        self._catalog.create_topic(topic)
        return topic

    def get_topic(self, request: types.GetTopicRequest) -> types.Topic:
        return self._catalog.require_topic(require_name(request.topic, collection="topics"))

    def list_topics(self, request: types.ListTopicsRequest) -> types.ListTopicsResponse:
        prefix = require_project(request.project) + "/"
        topics = [topic for topic in self._catalog.read_topics() if topic.name.startswith(prefix)]
        shown, token = page(topics, page_size=request.page_size, page_token=request.page_token)
        return types.ListTopicsResponse(topics=shown, next_page_token=token)

    def delete_topic(self, request: types.DeleteTopicRequest) -> None:
        self._catalog.delete_topic(require_name(request.topic, collection="topics"))

    def publish(self, request: types.PublishRequest) -> types.PublishResponse:
        """Keep all messages of the request or none."""
        topic = self._catalog.require_topic(require_name(request.topic, collection="topics"))
        _require_publishable(request)
        message_ids = self._mailbox.publish(topic.name, request.messages)
        self._pusher.wake()
        return types.PublishResponse(message_ids=message_ids)


def _require_publishable(request: types.PublishRequest) -> None:
    count = len(request.messages)
    if not 1 <= count <= _MOST_MESSAGES:
        raise invalid(f"The value for message_count is {count}; it has to be 1 to {_MOST_MESSAGES}.")
    if any(not message.data and not message.attributes for message in request.messages):
        raise invalid("A message in the publish request is empty: it needs data or at least one attribute.")
    size = types.PublishRequest.pb(request).ByteSize()
    if size > _LARGEST_REQUEST_BYTES:
        raise invalid(f"The value for request_size is {size}; it may be at most {_LARGEST_REQUEST_BYTES}.")
