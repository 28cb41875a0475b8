"""HTTP for Google's client libraries, straight on urllib3.

The libraries take whatever has a `request` like that of `requests.Session`. A session itself asks the environment,
~/.netrc and a jar of cookies for each call, and parses and copies all there is several times: more than half of what a
call of ours costs. Tokens are google-auth's business here as well. Client certificates are not shown: the libraries
have an address for them only where they are told none.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import certifi
import requests
import urllib3
from google.auth.transport import DEFAULT_MAX_REFRESH_ATTEMPTS, DEFAULT_REFRESH_STATUS_CODES
from google.auth.transport.requests import Request
from urllib3 import exceptions

if TYPE_CHECKING:
    from google.auth.credentials import Credentials

_CONNECTIONS = 16
"""Kept open to the one host there is: as many as pushes are delivered at once."""
_Seconds = float | tuple[float, float] | None
_ERRORS: tuple[tuple[type[Exception], type[requests.RequestException]], ...] = (
    (exceptions.ConnectTimeoutError, requests.exceptions.ConnectTimeout),
    (exceptions.ReadTimeoutError, requests.exceptions.ReadTimeout),
    (exceptions.ProxyError, requests.exceptions.ProxyError),
    (exceptions.SSLError, requests.exceptions.SSLError),
    (exceptions.DecodeError, requests.exceptions.ContentDecodingError),
    (exceptions.HTTPError, requests.exceptions.ConnectionError),
    (OSError, requests.exceptions.ConnectionError),
)
"""urllib3's errors as those that the libraries know, and know when to try again after; the first that fits counts."""


@dataclass(frozen=True)
class Asked:
    """What was called."""

    method: str
    url: str


@dataclass(frozen=True)
class Answer:
    """What the libraries read of a `requests.Response`."""

    request: Asked
    status_code: int
    headers: Mapping[str, str]
    """Found by names in upper and lower case."""
    content: bytes

    @property
    def text(self) -> str:
        """The contents as text, for messages."""
        return self.content.decode("utf-8", "replace")

    def json(self) -> Any:
        """The contents as JSON. Raises ValueError for what is none."""
        return json.loads(self.content)


class GoogleHttp:
    """Calls of the host of `url` with a token of these credentials. Threads may share it."""

    is_mtls = False
    """Read by the libraries."""

    def __init__(self, credentials: "Credentials", *, url: str) -> None:
        self._credentials = credentials
        self._connections = _connections(url)
        # Tokens come from other hosts, to which another proxy may lead. As google-auth's own session asks for them.
        tokens = requests.Session()
        tokens.mount("https://", requests.adapters.HTTPAdapter(max_retries=3))
        self._token_request = Request(tokens)

    def request(
        self,
        method: str,
        url: str,
        *,
        data: str | bytes | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: _Seconds = None,
    ) -> Answer:
        """The whole answer, whatever its status; redirects are not followed. Raises requests' exceptions."""
        ask = self._token_request if timeout is None else partial(self._token_request, timeout=timeout)
        for attempt in range(DEFAULT_MAX_REFRESH_ATTEMPTS + 1):
            own = dict(headers or {})
            self._credentials.before_request(ask, method, url, own)  # type: ignore[no-untyped-call]
            answer = self._send(method, url, data=data, headers=own, timeout=timeout)
            if answer.status not in DEFAULT_REFRESH_STATUS_CODES or attempt == DEFAULT_MAX_REFRESH_ATTEMPTS:
                break
            # The token may have ended, or been withdrawn, since it was looked at.
            self._credentials.refresh(ask)  # type: ignore[no-untyped-call]
        return Answer(Asked(method, url), answer.status, answer.headers, answer.data)

    def close(self) -> None:
        """Close the connections that are open."""
        self._connections.clear()

    def _send(
        self,
        method: str,
        url: str,
        *,
        data: str | bytes | None,
        headers: dict[str, str],
        timeout: _Seconds,
    ) -> "urllib3.BaseHTTPResponse":
        try:
            return self._connections.urlopen(
                method,
                url,
                body=data.encode() if isinstance(data, str) else data,
                headers=headers,
                timeout=urllib3.Timeout(*timeout) if isinstance(timeout, tuple) else timeout,
                retries=False,
                redirect=False,
            )
        except (exceptions.HTTPError, OSError) as error:
            raise _translation(error) from error


def _connections(url: str) -> urllib3.PoolManager:
    """Connections by the proxy and the certificates that the environment names, as `requests` looks them up."""
    found = requests.Session().merge_environment_settings(url, {}, None, None, None)
    authorities = found["verify"] if isinstance(found["verify"], str) else certifi.where()
    where = "ca_cert_dir" if Path(authorities).is_dir() else "ca_certs"
    trust: dict[str, Any] = {"cert_reqs": "CERT_REQUIRED", where: authorities}
    proxy = requests.utils.select_proxy(url, found["proxies"])
    if proxy is None:
        return urllib3.PoolManager(maxsize=_CONNECTIONS, **trust)
    address: str = requests.utils.prepend_scheme_if_needed(proxy, "http")  # type: ignore[no-untyped-call]
    adapter = requests.adapters.HTTPAdapter(pool_maxsize=_CONNECTIONS)
    manager: urllib3.PoolManager = adapter.proxy_manager_for(address, **trust)
    return manager


def _translation(error: Exception) -> requests.RequestException:
    return next(known for kind, known in _ERRORS if isinstance(error, kind))(error)
