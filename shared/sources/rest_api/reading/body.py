"""The body of an answer, read as it comes, so that one that drips for ever is noticed."""

import time
from collections.abc import Callable, Iterator

import requests
from urllib3.exceptions import DecodeError, HTTPError, ReadTimeoutError

from shared.domain.errors import TransientError
from shared.sources.rest_api.reading.failures import Asked

_LONGEST_SECONDS = 300
_LARGEST_BYTES = 100_000_000
_PART_BYTES = 65_536
_LOOK_EVERY_SECONDS = 2


def read_body(
    response: requests.Response,
    asked: Asked,
    look: Callable[[], None],
    *,
    seconds: Callable[[], float] = time.monotonic,
) -> bytes:
    """The whole body, unpacked. Every few `seconds` it calls `look`; what that raises ends the reading.

    Raises StepError for a body that is too large, TransientError for one that breaks off or takes too long.
    """
    begun = looked = seconds()
    body = bytearray()
    try:
        for part in _parts(response):
            body += part
            if len(body) > _LARGEST_BYTES:
                raise asked.fault(f"is larger than {_LARGEST_BYTES:,} bytes; ask for smaller pages")
            now = seconds()
            if now - begun > _LONGEST_SECONDS:
                raise TransientError(f"{asked.host} did not end {asked.where} in time", kind="timeout")
            if now - looked > _LOOK_EVERY_SECONDS:
                looked = now
                look()
    except ReadTimeoutError:
        raise asked.broken(requests.ReadTimeout()) from None
    except DecodeError:
        raise asked.broken(requests.exceptions.ContentDecodingError()) from None
    except HTTPError:
        raise asked.broken(requests.exceptions.ChunkedEncodingError()) from None
    finally:
        response.close()
    return bytes(body)


def _parts(response: requests.Response) -> Iterator[bytes]:
    if response.__dict__.get("_content_consumed"):
        # Whoever decided whether to ignore it has read it.
        yield response.content
        return
    # Not `iter_content`, which waits for a whole part.
    while part := response.raw.read1(_PART_BYTES, decode_content=True):
        yield part
