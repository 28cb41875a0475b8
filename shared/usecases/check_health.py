"""Whether what we depend on answers."""

from collections.abc import Callable

from shared.domain.errors import ForbiddenError, NotFoundError, TransientError
from shared.domain.model import Model
from shared.log import log
from shared.ports import Publisher, Tables


class Dependency(Model):
    """One thing that we need, and whether it answered."""

    name: str
    status: str


def check_health(*, tables: Tables, publisher: Publisher) -> tuple[Dependency, ...]:
    """BigQuery and Pub/Sub, each asked once."""
    return (_ask("bigquery", tables.ping), _ask("pubsub", publisher.ping))


def _ask(name: str, ping: Callable[[], None]) -> Dependency:
    try:
        ping()
    except (TransientError, ForbiddenError, NotFoundError) as error:
        # Anybody may ask; what Google said names projects and accounts, and is for the log only.
        log("dependency_unavailable", severity="ERROR", dependency=name, reason=str(error))
        return Dependency(name=name, status="unavailable")
    return Dependency(name=name, status="ok")
