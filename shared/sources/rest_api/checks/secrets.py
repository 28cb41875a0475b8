"""Secrets that are written out in a REST source's settings, wherever they can stand."""

from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

from pydantic import JsonValue

from shared.config import kinds
from shared.config.place import Place
from shared.config.problem import ConfigProblem
from shared.domain.secrecy import looks_like_key, names_secret
from shared.sources.rest_api.checks.shape import is_reference

_ADVICE = "write {secret: name} and keep it in secrets/"


def check_written_out(value: JsonValue, place: Place, *, name: str = "") -> Iterator[ConfigProblem]:
    """Values that are secret by their `name` or look, and those in addresses: `?api_key=…`, `https://user:…@`."""
    match value:
        case dict() if not is_reference(value):
            for key, inner in value.items():
                yield from check_written_out(inner, place.at(key), name=key)
        case list():
            for index, inner in enumerate(value):
                yield from check_written_out(inner, place.at(index), name=name)
        case str() | int() if not isinstance(value, bool) and value != "" and names_secret(name):
            yield place.problem(kinds.OPEN_SECRET, f"'{name}' is a secret; {_advice(name, value)}")
        case str():
            yield from _of_text(value, place)


def _advice(name: str, value: str | int) -> str:
    scheme, _, _ = str(value).lstrip().lower().partition(" ")
    if name.lower() == "authorization" and scheme in ("bearer", "basic"):
        kind = "bearer, token: {secret: name}" if scheme == "bearer" else "http_basic, …"
        return f"write auth: {{type: {kind}}} below client and keep it in secrets/"
    return _ADVICE


def _of_text(text: str, place: Place) -> Iterator[ConfigProblem]:
    named = [name for name, value in _parameters(text) if value and names_secret(name)]
    if _holds_password(text):
        yield place.problem(
            kinds.OPEN_SECRET,
            "holds a user's password; write auth: {type: http_basic, …} with {secret: name}",
        )
    elif named:
        yield place.problem(
            kinds.OPEN_SECRET, f"'{named[0]}' in it is a secret; write it below params as {{secret: name}}"
        )
    elif looks_like_key(text):
        yield place.problem(kinds.OPEN_SECRET, f"looks like a secret; {_ADVICE}")


def _parameters(text: str) -> list[tuple[str, str]]:
    """The parameters of an address, or of a form that is sent."""
    _, mark, query = text.partition("?")
    form = query.partition("#")[0] if mark else text
    return parse_qsl(form) if "=" in form and " " not in form else []


def _holds_password(text: str) -> bool:
    try:
        return "://" in text and urlsplit(text).password is not None
    except ValueError:  # no address after all
        return False
