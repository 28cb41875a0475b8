"""Rows of a REST API, through dlt's REST source."""

import logging
import os
import re
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from importlib import import_module
from threading import Lock
from typing import Any, cast

import requests
from pydantic import JsonValue

from shared.adapters.egress.gate import Gate
from shared.domain.errors import ForbiddenError, StepError, TransientError
from shared.domain.message import listed
from shared.sources.rest_api.reading.origins import origins_of
from shared.sources.rest_api.reading.session import ApiSession
from shared.sources.rest_api.settings import Settings
from shared.sources.rest_api.source import RestApiSource

_MISSING_FIELD = re.compile(
    r"expects a field `([^`]+)` to be present in the incoming data from resource `([^`]+)`"
)
_IMPORTING = Lock()
_UNUSABLE = (
    requests.RequestException, ArithmeticError, AssertionError, AttributeError, LookupError, NotImplementedError,
    RecursionError, TypeError, ValueError,
)  # fmt: skip
"""What dlt raises, besides its own exceptions, for settings or answers that it can't use or stumbles over."""
_NO_SETTINGS = "the source can't be read with these settings; `convergence validate` may say why"


def read_rest_api(
    source: RestApiSource,
    settings: Settings,
    *,
    secrets: tuple[str, ...],
    look: Callable[[], None],
    gate: Gate,
    first_pause_seconds: float,
) -> Iterator[dict[str, JsonValue]]:
    """The rows of the source's resource; `settings` are its client, resource_defaults and resources, resolved.

    A request that may succeed later is tried again after a pause, and once more after one that is twice as long.
    Before each request, also of pages without rows and of tries again, `look` is called; what it raises ends it. Every
    connection passes the `gate`.

    Raises StepError for an answer that no repetition will change, TransientError for others. Neither holds one of the
    `secrets`, or a row's values.
    """
    _import_dlt()
    from dlt.common.exceptions import DltException
    from dlt.sources.helpers.rest_client.exceptions import IgnoreResponseException

    try:
        with (
            ApiSession(
                secrets=secrets,
                origins=origins_of(settings),
                look=look,
                gate=gate,
                first_pause_seconds=first_pause_seconds,
                ignored=IgnoreResponseException,
            ) as session,
            closing(_values(source, settings, session)) as values,
        ):
            for value in values:
                yield _require_object(value, source)
    except (DltException, *_UNUSABLE) as error:
        raise _known_cause(error) or StepError(_missing_field(error) or _NO_SETTINGS) from None


def _import_dlt() -> None:
    """Import all that is used of dlt, which takes a second or two; only REST sources pay for it.

    One thread at a time: its modules import each other in circles, of which two threads that begin at different places
    see halves.
    """
    # dlt asks the environment whether it may report its use; it may not.
    os.environ.setdefault("RUNTIME__DLTHUB_TELEMETRY", "false")
    with _IMPORTING:
        import_module("shared.sources.rest_api.reading.watched")
        _close_environment()


def _close_environment() -> None:
    """Have dlt know no settings but those it is given: what `auth` lacks it would look for in the environment, in files
    beside the program and in Google's secrets, and so send what is the platform's own.
    """
    from dlt.common.configuration.container import Container
    from dlt.common.configuration.providers import DictionaryProvider
    from dlt.common.configuration.specs.pluggable_run_context import PluggableRunContext

    known = DictionaryProvider()
    known.set_value("dlthub_telemetry", False, None, "runtime")
    Container()[PluggableRunContext].providers.providers[:] = [known]


def _values(source: RestApiSource, settings: Settings, session: ApiSession) -> Generator[object]:
    from dlt.sources.rest_api import rest_api_resources

    from shared.sources.rest_api.reading.watched import watched_settings

    # dlt logs requests with their addresses; what matters of them is in the step's error.
    logging.getLogger("dlt").setLevel(logging.CRITICAL)
    watched = watched_settings(settings, session, max_pages=source.max_pages)
    resources = {resource.name: resource for resource in rest_api_resources(cast(Any, watched))}
    wanted = source.resource or next(iter(resources))
    if wanted not in resources:
        raise StepError(f"'{wanted}' is not one of the source's resources: {listed(list(resources))}")
    yield from resources[wanted]


def _require_object(value: object, source: RestApiSource) -> dict[str, JsonValue]:
    if not isinstance(value, dict):
        raise StepError(
            f"resource '{source.resource_name}' gives values that are not JSON objects; set its data_selector"
        )
    return value


def _missing_field(error: BaseException) -> str | None:
    """What dlt says of a row that lacks what another resource is asked for by; it goes on with the row's fields."""
    found = _MISSING_FIELD.search(str(error))
    return (
        f"a row of the resource '{found[2]}' has no field '{found[1]}', by which another is asked for"
        if found
        else None
    )


def _known_cause(error: BaseException) -> Exception | None:
    """What was raised on our side of dlt, which wraps it."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, StepError | TransientError | ForbiddenError):
            return cause
        cause = cause.__cause__ or cause.__context__
    return None
