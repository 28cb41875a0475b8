"""Signs requests to S3 (docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html).

Of the libraries, botocore has 30 MB, and those that are small take slashes out of names that have two in a row.
"""

import hmac
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from requests import PreparedRequest
from requests.auth import AuthBase

_NOTHING = sha256(b"").hexdigest()
_UNRESERVED = "-_.~"


class AwsSignature(AuthBase):
    """Signs requests without a body, each anew: a signature counts for some minutes."""

    def __init__(
        self,
        *,
        key_id: str,
        secret: str,
        region: str,
        session_token: str | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(tz=UTC),
    ) -> None:
        self._key_id = key_id
        self._secret = secret
        self._region = region
        self._session_token = session_token
        self._now = now

    def __call__(self, r: PreparedRequest) -> PreparedRequest:
        """The request with its signature."""
        now = self._now()
        r.headers["x-amz-date"] = now.strftime("%Y%m%dT%H%M%SZ")
        r.headers["x-amz-content-sha256"] = _NOTHING
        if self._session_token:
            r.headers["x-amz-security-token"] = self._session_token
        scope = f"{now:%Y%m%d}/{self._region}/s3/aws4_request"
        signed = {
            "host": _host(r.url or ""),
            **{name: r.headers[name] for name in sorted(r.headers) if name.startswith("x-amz-")},
        }
        wanted = sha256(_canonical(r, signed).encode()).hexdigest()
        text = f"AWS4-HMAC-SHA256\n{r.headers['x-amz-date']}\n{scope}\n{wanted}"
        signature = hmac.new(self._key(now), text.encode(), sha256).hexdigest()
        r.headers["Authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={self._key_id}/{scope}, "
            f"SignedHeaders={';'.join(signed)}, Signature={signature}"
        )
        return r

    def _key(self, now: datetime) -> bytes:
        key = f"AWS4{self._secret}".encode()
        for part in (f"{now:%Y%m%d}", self._region, "s3", "aws4_request"):
            key = hmac.new(key, part.encode(), sha256).digest()
        return key


def _canonical(request: PreparedRequest, signed: dict[str, str]) -> str:
    parts = urlsplit(request.url or "")
    query = sorted(
        (quote(name, safe=_UNRESERVED), quote(value, safe=_UNRESERVED))
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
    )
    return "\n".join(
        (
            request.method or "GET",
            quote(unquote(parts.path), safe="/" + _UNRESERVED),
            "&".join(f"{name}={value}" for name, value in query),
            *(f"{name}:{' '.join(value.split())}" for name, value in signed.items()),
            "",
            ";".join(signed),
            _NOTHING,
        )
    )


def _host(url: str) -> str:
    """As http.client sends it: with a port only if it is not the scheme's own."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    own = {"https": 443, "http": 80}.get(parts.scheme)
    return host.removesuffix(f":{own}") if parts.port == own else host
