"""Asks an object store or a web server, through the gate, and again where a failure may pass."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from urllib.parse import urlsplit

import requests
from requests.auth import AuthBase
from urllib3.exceptions import HTTPError, ReadTimeoutError

from shared.adapters.connection_failures import failed_connection
from shared.adapters.egress.gate import Gate
from shared.adapters.egress.transport import GuardedTransport
from shared.adapters.transience import BY_STATUS, asked_pause_seconds
from shared.domain.errors import StepError, TransientError
from shared.domain.message import shortened
from shared.domain.secrecy import without_secrets

TRIES = 4
_LONGEST_PAUSE_SECONDS = 5
"""Who is asked to wait longer leaves it to the step's next attempt."""
_TIMEOUTS_SECONDS = (10, 60)
"""Connecting, and each silence while reading."""
_LOOK_EVERY_SECONDS = 2
_PART_BYTES = 256 * 1024
_LARGEST_ANSWER_BYTES = 16_000_000
"""Of a list's page, and of what is said of an error."""
_LONGEST_QUOTE = 200


class BrokenOffError(TransientError):
    """A connection ended before its answer did."""


class NoAuth(AuthBase):
    """Sends nothing to be let in with."""

    def __call__(self, r: requests.PreparedRequest) -> requests.PreparedRequest:
        """The request as it is."""
        return r


class BearerToken(AuthBase):
    """Sends the token, to the host that is asked alone: requests takes it out of what is redirected to another."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, r: requests.PreparedRequest) -> requests.PreparedRequest:
        """The request with the token."""
        r.headers["Authorization"] = f"Bearer {self._token}"
        return r


class RemoteSession:
    """One server's, for the reading of one source. It sends the same `auth` with each request.

    Proxies and passwords that the environment knows of count nothing. `look` is called before each request and every
    few seconds of an answer; what it raises ends the reading. `secrets` are shown in no message.
    """

    def __init__(
        self,
        gate: Gate,
        *,
        auth: AuthBase,
        look: Callable[[], None],
        secrets: tuple[str, ...] = (),
        headers: Mapping[str, str] | None = None,
        follows: bool = False,
        first_pause_seconds: float,
    ) -> None:
        """`follows` redirects, each of which passes the gate; without, a redirect is an answer as any other."""
        self._session = requests.Session()
        self._session.trust_env = False
        for scheme in ("https://", "http://"):
            self._session.mount(scheme, GuardedTransport(gate))
        # A packing of the answer's own would make its length unknown.
        self._session.headers = requests.structures.CaseInsensitiveDict(
            {"Accept": "*/*", "Accept-Encoding": "identity", **(headers or {})}
        )
        self._auth = auth
        self._look = look
        self._secrets = secrets
        self._follows = follows
        self._first_pause_seconds = first_pause_seconds

    @property
    def shows_credentials(self) -> bool:
        """Whether it sends anything to be let in with."""
        return bool(self._secrets)

    def ask(
        self,
        url: str,
        *,
        wanted: str,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """The answer, of which the body is still to be read. Raises TransientError if none came that will stay."""
        for attempt in range(1, TRIES + 1):
            self._look()
            try:
                return self._asked(url, wanted=wanted, headers=dict(headers or {}), params=dict(params or {}))
            except TransientError as failure:
                if attempt == TRIES or (failure.retry_after_seconds or 0) > _LONGEST_PAUSE_SECONDS:
                    raise
                self.pause(attempt, failure.retry_after_seconds)
        raise AssertionError("the last attempt raises")

    def pause(self, attempt: int, asked_seconds: float | None = None) -> None:
        """Leave the server alone before the attempt that follows this one."""
        seconds = self._first_pause_seconds * 2 ** (attempt - 1) if asked_seconds is None else asked_seconds
        time.sleep(seconds)

    def parts(self, response: requests.Response, *, wanted: str) -> Iterator[bytes]:
        """The body as it comes, not unpacked. Raises BrokenOffError where it ends too early."""
        looked = time.monotonic()
        with _broken(response, wanted):
            # Not a whole part at a time, which may drip for ever.
            while part := response.raw.read1(_PART_BYTES, decode_content=False):
                yield part
                if time.monotonic() - looked > _LOOK_EVERY_SECONDS:
                    self._look()
                    looked = time.monotonic()

    def body(self, response: requests.Response, *, wanted: str) -> bytes:
        """The whole body, which is a list's page or what is said of an error."""
        found = bytearray()
        with response:
            for part in self.parts(response, wanted=wanted):
                found += part
                if len(found) > _LARGEST_ANSWER_BYTES:
                    raise StepError(f"{host_of(response)}: the answer to {wanted} is too large to be a list")
        return bytes(found)

    def hide(self, text: str) -> str:
        """The text with the secrets taken out, and with whatever looks like one."""
        return without_secrets(text, self._secrets)

    def quote(self, text: str) -> str:
        """What a server says, in one line, cut and without secrets."""
        return shortened(self.hide(" ".join(text.split())), longest=_LONGEST_QUOTE)

    def _asked(
        self, url: str, *, wanted: str, headers: dict[str, str], params: dict[str, str]
    ) -> requests.Response:
        host = urlsplit(url).hostname or "the server"
        try:
            response = self._session.get(
                url,
                params=params,
                headers=headers,
                auth=self._auth,
                stream=True,
                timeout=_TIMEOUTS_SECONDS,
                allow_redirects=self._follows,
            )
        except requests.RequestException as error:
            # What requests says holds the address, and a signature in it.
            raise failed_connection(error, host=host, wanted=wanted) from None
        transience = BY_STATUS.get(response.status_code)
        if transience is None:
            return response
        response.close()
        asked = asked_pause_seconds(response.headers.get("Retry-After"), now=datetime.now(tz=UTC))
        raise TransientError(
            f"{host} answered {response.status_code}, asked for {wanted}",
            kind=transience.kind,
            retry_after_seconds=asked,
        )


def host_of(response: requests.Response) -> str:
    """The host that answered."""
    return urlsplit(response.url or "").hostname or "the server"


def length_of(response: requests.Response) -> int | None:
    """How many bytes the answer says that its body has."""
    length = response.headers.get("Content-Length")
    return int(length) if length else None


@contextmanager
def _broken(response: requests.Response, wanted: str) -> Iterator[None]:
    try:
        yield
    except HTTPError as error:
        is_late = isinstance(error, ReadTimeoutError)
        kind = requests.ReadTimeout() if is_late else requests.exceptions.ChunkedEncodingError()
        failure = failed_connection(kind, host=host_of(response), wanted=wanted)
        raise BrokenOffError(str(failure), kind="timeout" if is_late else "unavailable") from None
