"""Rows of a REST API, through dlt's REST source."""

import logging
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, cast
from urllib.parse import urlsplit

import requests
from pydantic import JsonValue
from requests.adapters import BaseAdapter

from shared.adapters.exact_json import json_value
from shared.adapters.transience import BY_STATUS, asked_pause_seconds
from shared.domain.errors import StepError, TransientError
from shared.domain.source import RestApiSource

_ATTEMPTS = 3
_LONGEST_PAUSE_SECONDS = 5
_TIMEOUTS_SECONDS = (10, 60)
"""Connecting, and each silence while reading. By itself dlt would ask five times and pause up to five minutes each
time if the API says so, longer than an executor's call may take; the step is tried again later anyway."""


def read_rest_api(
    source: RestApiSource, settings: dict[str, Any], *, look: Callable[[], None] = lambda: None
) -> Iterator[dict[str, JsonValue]]:
    """The rows of the source's resource; `settings` are its client, resource_defaults and resources, resolved.

    Before each request, also of pages without rows and of tries again, `look` is called; what it raises ends it.

    Raises StepError for an answer that no repetition will change, TransientError for others. Neither holds more of the
    request than the host: addresses may carry keys.
    """
    # dlt takes half a second to import; only REST sources pay for it.
    from dlt.common.exceptions import DltException

    host = urlsplit(str(settings["client"].get("base_url", ""))).hostname or "the API"
    try:
        for row in _resource(source, settings, look):
            yield {str(key): json_value(value) for key, value in row.items()}
    except (StepError, TransientError):
        raise
    except (DltException, requests.RequestException, ValueError, TypeError, KeyError) as error:
        raise _translated(error, host) from None


def _resource(
    source: RestApiSource, settings: dict[str, Any], look: Callable[[], None]
) -> Iterator[dict[str, Any]]:
    # dlt asks the environment whether it may report its use; it may not.
    os.environ.setdefault("RUNTIME__DLTHUB_TELEMETRY", "false")
    from dlt.sources.helpers.requests import Client
    from dlt.sources.rest_api import rest_api_resources

    # dlt logs requests with their addresses; what matters of them is in the step's error.
    logging.getLogger("dlt").setLevel(logging.CRITICAL)
    client = Client(
        raise_for_status=False,
        request_timeout=_TIMEOUTS_SECONDS,
        request_max_attempts=_ATTEMPTS,
        request_max_retry_delay=_LONGEST_PAUSE_SECONDS,
    )
    with client.session as session:
        for prefix, adapter in list(session.adapters.items()):
            session.mount(prefix, cast(BaseAdapter, _Looking(adapter, look)))
        bounded = {**settings, "client": {**settings["client"], "session": session}}
        resources = {resource.name: resource for resource in rest_api_resources(cast(Any, bounded))}
        wanted = source.resource or next(iter(resources))
        if wanted not in resources:
            raise StepError(f"'{wanted}' is not one of the source's resources: {', '.join(resources)}")
        for row in resources[wanted]:
            yield _require_object(row, wanted)


class _Looking:
    """A way of sending requests before each of which somebody looks."""

    def __init__(self, adapter: BaseAdapter, look: Callable[[], None]) -> None:
        self._adapter = adapter
        self._look = look

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        self._look()
        return self._adapter.send(request, **options)

    def close(self) -> None:
        self._adapter.close()


def _require_object(row: object, resource: str) -> dict[str, Any]:
    if not isinstance(row, dict):
        raise StepError(
            f"resource '{resource}' gives values that are not JSON objects; set its data_selector"
        )
    return row


def _translated(error: BaseException, host: str) -> StepError | TransientError:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, StepError | TransientError):
            return cause
        if isinstance(cause, requests.HTTPError) and cause.response is not None:
            return _refusal(cause.response, host)
        if isinstance(cause, requests.ConnectionError | requests.Timeout):
            return TransientError(
                f"{host} could not be reached: {type(cause).__name__}",
                kind="timeout" if isinstance(cause, requests.Timeout) else "unavailable",
            )
        cause = cause.__cause__ or cause.__context__
    return StepError(f"{host} could not be read with these settings: {type(error).__name__}")


def _refusal(response: requests.Response, host: str) -> StepError | TransientError:
    message = f"{host} answered {response.status_code} {response.reason or ''}".strip()
    transience = BY_STATUS.get(response.status_code)
    if transience is None:
        return StepError(message)
    asked = asked_pause_seconds(response.headers.get("Retry-After"), now=datetime.now(tz=UTC))
    return TransientError(message, kind=transience.kind, retry_after_seconds=asked)
