"""Standard output and error on screens that lack some characters, and in pipes that somebody closes."""

import codecs
import io
import os
import sys

_PLAIN = {
    "…": "...",
    "–": "-",
    "—": "-",
    "’": "'",
    "“": '"',
    "”": '"',
    "✓": "ok",
    "✗": "x",
    "█": "#",
}
_ERRORS = "plain"
_ASCII = "plain-ascii"
"""ASCII by a name of our own: click takes a stream that calls itself ASCII for a mistake and writes UTF-8 into it."""


def take_every_character() -> None:
    """Have both streams write what their character set lacks in plain signs, or else as an escape such as `\\xe9`.

    Without this, a name with an accent ends a program on an ASCII screen.
    """
    codecs.register_error(_ERRORS, _plain)
    codecs.register(_find_codec)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            is_ascii = codecs.lookup(stream.encoding).name == "ascii"
            stream.reconfigure(encoding=_ASCII if is_ascii else stream.encoding, errors=_ERRORS)


def forget_closed_pipe() -> None:
    """Let standard output lead nowhere from now on: Python would complain at its end about what nobody took."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def _find_codec(name: str) -> codecs.CodecInfo | None:
    if name != _ASCII.replace("-", "_"):
        return None
    ascii_codec = codecs.lookup("ascii")
    return codecs.CodecInfo(
        ascii_codec.encode,
        ascii_codec.decode,
        incrementalencoder=ascii_codec.incrementalencoder,
        incrementaldecoder=ascii_codec.incrementaldecoder,
        name=_ASCII,
    )


def _plain(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    escaped = (sign.encode("ascii", "backslashreplace").decode("ascii") for sign in lacking)
    return "".join(_PLAIN.get(sign, escape) for sign, escape in zip(lacking, escaped, strict=True)), error.end
