"""What went wrong with an API, in its own words as far as they may be shown."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

import requests

from shared.adapters.transience import BY_STATUS, asked_pause_seconds
from shared.domain.errors import StepError, TransientError
from shared.domain.message import shortened
from shared.domain.secrecy import without_secrets

_LONGEST_QUOTE = 300
_LONGEST_PATH = 100
_MARKUP = re.compile(r"<(script|style)\b.*?</\1\s*>|<[^>]*>", re.I | re.S)


@dataclass(frozen=True)
class Asked:
    """A request: `page` counts from 1 in its list. `secrets` are not shown."""

    url: str
    page: int
    secrets: tuple[str, ...]

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or "the API"

    @property
    def where(self) -> str:
        """`page 2 of /v1/costs`."""
        path = without_secrets(urlsplit(self.url).path or "/", self.secrets)
        return f"page {self.page} of {shortened(path, longest=_LONGEST_PATH)}"

    def quote(self, text: str) -> str:
        """The text in one line, cut, with the secrets taken out before that."""
        words = without_secrets(" ".join(_MARKUP.sub(" ", text).split()), self.secrets)
        return shortened(words, longest=_LONGEST_QUOTE)

    def fault(self, words: str) -> StepError:
        """What is wrong with the answer, for good."""
        return StepError(f"{self.host}: {self.where} {words}")

    def broken(self, error: requests.RequestException) -> StepError | TransientError:
        """What the failure of a connection means."""
        for kind, words in _WORDS_BY_PERMANENT_KIND:
            if isinstance(error, kind):
                return StepError(f"{self.host} could not be asked for {self.where}: {words}")
        for kind, words in _WORDS_BY_KIND:
            if isinstance(error, kind):
                is_late = isinstance(error, requests.Timeout) or "timed out" in str(error)
                late = " in time" if is_late else ""
                return TransientError(
                    f"{self.host} {words}{late}, asked for {self.where}",
                    kind="timeout" if is_late else "unavailable",
                )
        return StepError(f"{self.host} could not be asked for {self.where}")

    def refusal(self, response: requests.Response, text: str) -> StepError | TransientError:
        """What an answer with this status means."""
        status = f"{response.status_code} {self.quote(response.reason or '')}".strip()
        said = self.quote(text)
        message = f"{self.host} answered {status} for {self.where}{f': {said}' if said else ''}"
        transience = BY_STATUS.get(response.status_code)
        if transience is None:
            return StepError(message)
        asked = asked_pause_seconds(response.headers.get("Retry-After"), now=datetime.now(tz=UTC))
        return TransientError(message, kind=transience.kind, retry_after_seconds=asked)


_Kinds = tuple[tuple[type[requests.RequestException], str], ...]

_WORDS_BY_PERMANENT_KIND: _Kinds = (
    (requests.exceptions.SSLError, "its TLS certificate can't be trusted"),
    (requests.TooManyRedirects, "it redirects without end"),
    (requests.exceptions.InvalidHeader, "a header holds a character that no header may have"),
    (requests.exceptions.InvalidURL, "that is no address"),
    (requests.exceptions.MissingSchema, "that is no address"),
    (requests.exceptions.InvalidSchema, "only http:// and https:// are read"),
)
_WORDS_BY_KIND: _Kinds = (
    # A subclass of ConnectionError, in which the API was reached.
    (requests.ReadTimeout, "did not answer"),
    (requests.exceptions.ChunkedEncodingError, "broke off its answer"),
    (requests.exceptions.ContentDecodingError, "broke off its compressed answer"),
    (requests.Timeout, "could not be reached"),
    (requests.ConnectionError, "could not be reached"),
)


def hidden_in(secrets: Iterable[str], request: requests.PreparedRequest) -> tuple[str, ...]:
    """The secrets, and what the request itself carries of them: a token that was fetched, a user and password."""
    carried = str(request.headers.get("Authorization", "")).rpartition(" ")[2]
    return (*secrets, carried) if carried else tuple(secrets)
