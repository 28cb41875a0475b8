"""The one place where an API is asked: tries again what may pass, and reads the answer without loss."""

import time
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urljoin
from weakref import WeakKeyDictionary

import requests
from pydantic import JsonValue

from shared.adapters.egress.gate import Gate
from shared.adapters.egress.transport import GuardedTransport
from shared.adapters.exact_json import TwiceError, parse_json
from shared.domain.errors import TransientError
from shared.sources.rest_api.reading.body import read_body
from shared.sources.rest_api.reading.failures import Asked, hidden_in
from shared.sources.rest_api.reading.origins import Origin, holds_secret, origin_of, take_secrets_out

_ATTEMPTS = 3
_LONGEST_PAUSE_SECONDS = 5
"""Who is asked to wait longer leaves it to the step's next attempt: an executor's call may not last so long."""
_TIMEOUTS_SECONDS = (10, 60)
"""Connecting, and each silence while reading."""
_WITH_ROWS = frozenset({200, 201, 203, 204})
_NOT_YET = 202
_NO_CONTENT = 204


UNPROMISED = "is_unpromised"
"""An attribute of a request for a later page of which no page before it said that it is there."""


class Answer(requests.Response):
    """An answer that was read to its end. `document` is what its JSON says; where it `is_empty`, None."""

    asked: Asked
    document: JsonValue
    is_empty: bool

    def json(self, **_: Any) -> Any:
        """What dlt reads of the answer."""
        return self.document


class ApiSession(requests.Session):
    """Raises StepError for an answer that no repetition will change, TransientError for others."""

    def __init__(
        self,
        *,
        secrets: Iterable[str],
        origins: frozenset[Origin],
        look: Callable[[], None],
        gate: Gate,
        first_pause_seconds: float,
        ignored: type[Exception] | tuple[()] = (),
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        """`secrets` are sent to `origins` alone.

        Calls `look` before each request, and every few `seconds` of an answer; what that raises ends it.
        Every connection passes the `gate`; what the environment says of proxies and passwords (.netrc) counts nothing.

        The first pause before another try is doubled for the next. `ignored` is what dlt raises for an answer that
        ends a list by `response_actions`.
        """
        super().__init__()
        self.trust_env = False
        for scheme in ("https://", "http://"):
            self.mount(scheme, GuardedTransport(gate))
        self._first_pause_seconds = first_pause_seconds
        self._secrets = tuple(secrets)
        self._origins = origins
        self._look = look
        self._ignored = ignored
        self._seconds = seconds
        self._ended_by: TransientError | None = None
        # dlt prepares one request for each page of a list.
        self._pages_by_request: WeakKeyDictionary[requests.Request, int] = WeakKeyDictionary()
        self._page = 1
        self._is_promised = False

    def prepare_request(self, request: requests.Request) -> requests.PreparedRequest:
        try:
            prepared = super().prepare_request(request)
        except requests.RequestException as error:
            raise Asked(request.url or "", 1, self._secrets).broken(error) from None
        # After the line above, which may fetch a token by a request of its own.
        self._page = self._pages_by_request.get(request, 0) + 1
        self._pages_by_request[request] = self._page
        self._is_promised = self._page > 1 and not getattr(request, UNPROMISED, False)
        return prepared

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """Where the answer leads. Raises StepError where what was sent would be left out, or sent to another host."""
        target: str | None = super().get_redirect_target(resp)
        request = resp.request
        if target is not None and (request.method not in ("GET", "HEAD") or request.body):
            asked = Asked(request.url or "", self._page, hidden_in(self._secrets, request))
            address = urljoin(request.url or "", target).partition("?")[0]
            raise asked.fault(f"is redirected to {asked.quote(address)}; write that address")
        return target

    def rebuild_auth(self, prepared_request: requests.PreparedRequest, response: requests.Response) -> None:
        """Take the secrets out of a request that was redirected to another host."""
        super().rebuild_auth(prepared_request, response)  # type: ignore[no-untyped-call] # requests says no types
        before, now = response.request.url or "", prepared_request.url or ""
        if self.should_strip_auth(before, now):  # type: ignore[no-untyped-call] # as above
            take_secrets_out(prepared_request, self._secrets)

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        options = {**kwargs, "stream": True, "timeout": kwargs.get("timeout") or _TIMEOUTS_SECONDS}
        if kwargs.get("allow_redirects") is False:
            return super().send(request, **options)  # requests follows a redirect
        asked = Asked(request.url or "", self._page, hidden_in(self._secrets, request))
        if origin_of(request.url or "") not in self._origins:
            if holds_secret(request, self._secrets):
                raise asked.fault("is at a host that the source doesn't name, which would be sent a secret")
            take_secrets_out(request, self._secrets)
        for attempt in range(1, _ATTEMPTS + 1):
            self._look_up()
            try:
                return self._ask(request, asked, options)
            except TransientError as failure:
                if failure is self._ended_by:
                    raise
                pause = self._pause_seconds(failure, attempt)
                if pause is None:
                    raise
            time.sleep(pause)
        raise AssertionError("the last attempt has no pause")

    def _look_up(self) -> None:
        try:
            self._look()
        except TransientError as error:
            self._ended_by = error
            raise

    def _ask(self, request: requests.PreparedRequest, asked: Asked, options: dict[str, Any]) -> Answer:
        try:
            response = super().send(request, **options)
        except requests.HTTPError as error:
            # dlt raises it for a status that the source doesn't ignore.
            if error.response is None:
                raise asked.broken(error) from None
            response = error.response
        except requests.RequestException as error:
            raise asked.broken(error) from None
        except self._ignored:
            if not self._is_promised:
                raise
            raise asked.fault(
                "is ignored by 'response_actions', though the page before it says that more follow"
            ) from None
        except ValueError:
            # Only now are the headers that `auth` adds looked at.
            raise asked.fault("is asked for with a character that no header may have") from None
        body = read_body(response, asked, self._look_up, seconds=self._seconds)
        _require_rows(response, body, asked)
        answer = Answer()
        # The bytes are not needed beside the document.
        answer.__dict__.update(response.__dict__, _content=b"")
        answer.asked, answer.is_empty = asked, not body.strip()
        answer.document = None if answer.is_empty else _document(body, response, asked)
        return answer

    def _pause_seconds(self, failure: TransientError, attempt: int) -> float | None:
        asked = failure.retry_after_seconds
        if attempt == _ATTEMPTS or (asked or 0) > _LONGEST_PAUSE_SECONDS:
            return None
        return asked if asked is not None else self._first_pause_seconds * 2 ** (attempt - 1)


def _require_rows(response: requests.Response, body: bytes, asked: Asked) -> None:
    """Raise unless the answer has rows, or may have none: a page that follows another has a body."""
    if response.status_code == _NOT_YET:
        raise TransientError(f"{asked.host} has not prepared {asked.where} yet", kind="unavailable")
    if response.status_code not in _WITH_ROWS:
        raise asked.refusal(response, _text(body))
    if asked.page > 1 and response.status_code != _NO_CONTENT and not body.strip():
        raise TransientError(f"{asked.host} broke off {asked.where}", kind="unavailable")


def _document(body: bytes, response: requests.Response, asked: Asked) -> JsonValue:
    try:
        return parse_json(_utf8(body, response))
    except TwiceError:
        raise asked.fault("has an object with a field twice") from None
    except UnicodeDecodeError:
        raise asked.fault("is not UTF-8 text") from None
    except RecursionError:
        raise asked.fault("is nested too deeply") from None
    except ValueError as error:
        if _breaks_off(error):
            raise TransientError(f"{asked.host} broke off {asked.where}", kind="unavailable") from None
        raise asked.fault("is not JSON") from None


def _utf8(body: bytes, response: requests.Response) -> bytes:
    """The body as UTF-8. What isn't is in the character set that the answer's header names, if it names one."""
    try:
        body.decode()
    except UnicodeDecodeError:
        named = requests.utils.get_encoding_from_headers(response.headers)
        try:
            return (
                body.decode(named).encode()
                if named and "charset" in response.headers["Content-Type"]
                else body
            )
        except LookupError:
            return body
    return body


def _breaks_off(error: ValueError) -> bool:
    """Whether JSON ends before its value does, as it does when a proxy lost the rest of it."""
    text, at = getattr(error, "doc", ""), getattr(error, "pos", 0)
    return at >= len(text.rstrip()) > 0 or str(error).startswith("Unterminated string")


def _text(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError:
        return body.decode("latin-1")
