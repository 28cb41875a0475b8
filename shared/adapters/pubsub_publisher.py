"""Publisher on a Pub/Sub topic."""

from typing import TYPE_CHECKING

from shared.adapters.google_errors import translated
from shared.domain.command import RunStep
from shared.domain.model import RECORDED

if TYPE_CHECKING:
    from google.api_core.retry import Retry
    from google.cloud.pubsub_v1 import PublisherClient

PUBLISH_SECONDS = 30


class PubSubPublisher:
    """Each command is one call that is over when it returns.

    An instance gets no CPU after its response, so a pending publish could be lost. The client's own `publish` gathers
    messages for 10 ms in threads of its own; we never have more than one to send.
    """

    def __init__(self, client: "PublisherClient", *, project: str, topic: str) -> None:
        self._client = client
        self._topic = f"projects/{project}/topics/{topic}"

    def publish(self, command: RunStep) -> None:
        """Publish the command as JSON; attributes say what it is about without opening it."""
        from google.pubsub_v1 import PublisherClient, PubsubMessage

        message = PubsubMessage(
            data=command.model_dump_json(context=RECORDED).encode(),
            attributes={
                "tenant_id": command.tenant_id,
                "run_id": command.run_id,
                "step_id": command.step_id,
            },
        )
        with translated("publish a command"):
            PublisherClient.publish(
                self._client,
                topic=self._topic,
                messages=[message],
                retry=_retry(),
                timeout=PUBLISH_SECONDS,
            )

    def ping(self) -> None:
        """Ask for the topic."""
        with translated("look up the topic"):
            self._client.get_topic(topic=self._topic, timeout=PUBLISH_SECONDS)


def _retry() -> "Retry":
    """The client library's own retry of a publish, which alone would go on for ten minutes, held to PUBLISH_SECONDS."""
    from google.api_core import exceptions
    from google.api_core.retry import Retry, if_exception_type

    passing = if_exception_type(
        exceptions.Aborted,
        exceptions.Cancelled,
        exceptions.DeadlineExceeded,
        exceptions.InternalServerError,
        exceptions.ResourceExhausted,
        exceptions.ServiceUnavailable,
        exceptions.Unknown,
    )
    return Retry(predicate=passing, initial=0.1, maximum=5.0, multiplier=2.0, timeout=PUBLISH_SECONDS)
