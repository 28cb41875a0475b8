"""The Pub/Sub stand-in as a gRPC server.

It speaks google.pubsub.v1 for the calls this project makes, so the real clients work against it through
`PUBSUB_EMULATOR_HOST`. A call it does not know is answered UNIMPLEMENTED. Not there: streaming pull, ordering,
filters, exactly-once delivery, snapshots, schemas; expiry of subscriptions and of old messages; tokens on push
requests.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc
from google.pubsub_v1 import types

from local.pubsub.catalog import Catalog
from local.pubsub.database import Database
from local.pubsub.mailbox import Mailbox
from local.pubsub.publisher import PublisherCalls
from local.pubsub.pull import PullCalls
from local.pubsub.push import Pusher
from local.pubsub.rejection import RejectedError
from local.pubsub.subscriber import SubscriberCalls

_LARGEST_MESSAGE_BYTES = 20_000_000
_THREADS = 32
# Without SO_REUSEPORT a second server on the same port is an error instead of a silent rival.
_OPTIONS = (("grpc.so_reuseport", 0), ("grpc.max_receive_message_length", _LARGEST_MESSAGE_BYTES))

Call = Callable[[Any], Any]


class PubSubServer:
    """A running stand-in: its port, and how to stop it."""

    def __init__(self, data_dir: Path, *, port: int) -> None:
        """Open the database in `data_dir` and serve on 127.0.0.1; port 0 takes a free one. Raises OSError."""
        self._database = Database(data_dir / "pubsub.sqlite3")
        catalog, mailbox = Catalog(self._database), Mailbox(self._database)
        self._pusher = Pusher(catalog, mailbox)
        self._server = grpc.server(ThreadPoolExecutor(max_workers=_THREADS), options=_OPTIONS)
        self._server.add_generic_rpc_handlers(
            (
                _publisher(PublisherCalls(catalog, mailbox, self._pusher)),
                _subscriber(
                    SubscriberCalls(catalog, self._pusher), PullCalls(catalog, mailbox, self._pusher)
                ),
            )
        )
        self.port = _bind(self._server, port)
        self._pusher.start()
        self._server.start()

    def is_delivering(self) -> bool:
        """Whether push is going on; without it the server would take messages and keep them."""
        return self._pusher.is_running()

    def stop(self) -> None:
        """Refuse new calls, abandon what is being pushed, close the database."""
        self._server.stop(grace=0.2).wait()
        self._pusher.stop()
        self._database.close()


def _bind(server: grpc.Server, port: int) -> int:
    try:
        bound: int = server.add_insecure_port(f"127.0.0.1:{port}")
    except RuntimeError as error:
        raise OSError(f"port {port} is in use") from error
    return bound


def _publisher(calls: PublisherCalls) -> grpc.GenericRpcHandler:
    return grpc.method_handlers_generic_handler(
        "google.pubsub.v1.Publisher",
        {
            "CreateTopic": _unary(calls.create_topic, types.Topic, types.Topic),
            "GetTopic": _unary(calls.get_topic, types.GetTopicRequest, types.Topic),
            "ListTopics": _unary(calls.list_topics, types.ListTopicsRequest, types.ListTopicsResponse),
            "DeleteTopic": _unary(calls.delete_topic, types.DeleteTopicRequest),
            "Publish": _unary(calls.publish, types.PublishRequest, types.PublishResponse),
        },
    )


def _subscriber(calls: SubscriberCalls, pulls: PullCalls) -> grpc.GenericRpcHandler:
    one, many = types.Subscription, types.ListSubscriptionsResponse
    return grpc.method_handlers_generic_handler(
        "google.pubsub.v1.Subscriber",
        {
            "CreateSubscription": _unary(calls.create_subscription, one, one),
            "GetSubscription": _unary(calls.get_subscription, types.GetSubscriptionRequest, one),
            "ListSubscriptions": _unary(calls.list_subscriptions, types.ListSubscriptionsRequest, many),
            "UpdateSubscription": _unary(calls.update_subscription, types.UpdateSubscriptionRequest, one),
            "ModifyPushConfig": _unary(calls.modify_push_config, types.ModifyPushConfigRequest),
            "DeleteSubscription": _unary(calls.delete_subscription, types.DeleteSubscriptionRequest),
            "Pull": _unary(pulls.pull, types.PullRequest, types.PullResponse),
            "Acknowledge": _unary(pulls.acknowledge, types.AcknowledgeRequest),
            "ModifyAckDeadline": _unary(pulls.modify_ack_deadline, types.ModifyAckDeadlineRequest),
        },
    )


def _unary(call: Call, request: Any, response: Any = None) -> grpc.RpcMethodHandler:
    """Put a call on the wire: bytes to its request, its answer to bytes (none without `response`), a rejection to a
    status.
    """

    def answer(message: Any, context: grpc.ServicerContext) -> Any:
        try:
            return call(message)
        except RejectedError as rejection:
            context.abort(rejection.code, rejection.message)

    # google.protobuf.Empty, the answer to calls that return nothing, is no bytes at all.
    serializer = response.serialize if response else _serialize_empty
    return grpc.unary_unary_rpc_method_handler(
        answer, request_deserializer=request.deserialize, response_serializer=serializer
    )


def _serialize_empty(_: None) -> bytes:
    return b""
