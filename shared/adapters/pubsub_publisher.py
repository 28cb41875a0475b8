"""Publisher on a Pub/Sub topic."""

from concurrent.futures import TimeoutError as FutureTimeoutError
from typing import TYPE_CHECKING

from shared.adapters.google_errors import translated
from shared.domain.command import RunStep
from shared.domain.errors import TransientError

if TYPE_CHECKING:
    from google.cloud.pubsub_v1 import PublisherClient

PUBLISH_SECONDS = 30


class PubSubPublisher:
    """Waits for each publish: an instance gets no CPU after its response, so a pending one could be lost."""

    def __init__(self, client: "PublisherClient", *, project: str, topic: str) -> None:
        self._client = client
        self._topic = f"projects/{project}/topics/{topic}"

    def publish(self, command: RunStep) -> None:
        """Publish the command as JSON; attributes say what it is about without opening it."""
        with translated("publish a command"):
            published = self._client.publish(
                self._topic,
                command.model_dump_json().encode(),
                timeout=PUBLISH_SECONDS,
                tenant_id=command.tenant_id,
                run_id=command.run_id,
                step_id=command.step_id,
            )
            try:
                published.result(timeout=PUBLISH_SECONDS)
            except FutureTimeoutError as error:
                raise TransientError(
                    f"Pub/Sub did not take the command within {PUBLISH_SECONDS} s"
                ) from error

    def ping(self) -> None:
        """Ask for the topic."""
        with translated("look up the topic"):
            self._client.get_topic(topic=self._topic, timeout=PUBLISH_SECONDS)
