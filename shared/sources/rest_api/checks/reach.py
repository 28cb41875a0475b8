"""Where a REST source's settings lead, as far as they say it themselves, and whether a source may go there."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from pydantic import JsonValue

from shared.config import kinds
from shared.config.place import Place
from shared.config.problem import ConfigProblem
from shared.domain.egress import Egress, refusal_of_header
from shared.domain.reference import Location
from shared.sources.rest_api.checks.secrets import check_written_out
from shared.sources.rest_api.settings import Settings

_BEHIND_HOST = re.compile(r"[/?#\\]")
_BEHIND_PATH = re.compile(r"[?#]")


def check_reach(settings: Settings, place: Place, egress: Egress) -> Iterator[ConfigProblem]:
    """Addresses that may not be reached, and headers that may not be sent."""
    for location, words in _speakers(settings):
        here = place.at(*location)
        address, place_of_it = words.get("base_url"), here.at("base_url")
        yield from [*_check_address(address, place_of_it, egress)] or _check_end(address, place_of_it)
        yield from _check_path(words.get("path"), here.at("path"), egress)
        headers = words.get("headers")
        for name in headers if isinstance(headers, dict) else ():
            yield from _check_header(name, here.at("headers", name))
        auth = words.get("auth")
        if isinstance(auth, dict):
            yield from _check_auth(auth, here.at("auth"), egress)


def _speakers(settings: Settings) -> Iterator[tuple[Location, dict[str, JsonValue]]]:
    """What may say where a request goes and what it carries: the client, and every endpoint."""
    resources = settings["resources"]
    numbered = enumerate(resources if isinstance(resources, list) else [])
    endpoints: list[tuple[Location, JsonValue]] = [
        (("client",), settings["client"]),
        (("resource_defaults", "endpoint"), _endpoint(settings["resource_defaults"])),
        *((("resources", number, "endpoint"), _endpoint(resource)) for number, resource in numbered),
    ]
    for location, words in endpoints:
        if isinstance(words, dict):
            yield location, words
        elif isinstance(words, str):
            # A path alone; its place is the endpoint's.
            yield location, {"path": words}


def _endpoint(resource: JsonValue) -> JsonValue:
    return resource.get("endpoint") if isinstance(resource, dict) else None


def _check_auth(auth: dict[str, JsonValue], place: Place, egress: Egress) -> Iterator[ConfigProblem]:
    yield from _check_address(auth.get("access_token_url"), place.at("access_token_url"), egress)
    name = auth.get("name")
    if auth.get("type") == "api_key" and auth.get("location", "header") == "header" and isinstance(name, str):
        yield from _check_header(name, place.at("name"))


def _check_header(name: str, place: Place) -> Iterator[ConfigProblem]:
    reason = refusal_of_header(name)
    if reason is not None:
        yield place.problem(kinds.REFUSED_WORD, f"the header '{name}' {reason}")


def _check_path(path: JsonValue, place: Place, egress: Egress) -> Iterator[ConfigProblem]:
    """A path may be a whole address, which counts before base_url."""
    if isinstance(path, str) and path.partition(":")[0].lower() in ("http", "https"):
        yield from _check_address(path, place, egress)


def _check_end(address: JsonValue, place: Place) -> Iterator[ConfigProblem]:
    """What is behind the path of an address would stand before those of the endpoints. Secrets are told elsewhere."""
    more = _BEHIND_PATH.search(address) if isinstance(address, str) else None
    if more is None or any(check_written_out(address, place)):
        return
    yield place.problem(
        kinds.MEANINGLESS_VALUE,
        f"must end before '{more[0]}': the paths of endpoints follow, as in {more.string[: more.start()]}; "
        "parameters of every request go below 'params' of 'resource_defaults.endpoint'",
    )


def _check_address(address: JsonValue, place: Place, egress: Egress) -> Iterator[ConfigProblem]:
    # What a parameter or a row gives is known only by the step.
    if isinstance(address, str) and not _holds_password(address) and "{" not in _host_of(address):
        reason = egress.refusal_of_url(address)
        if reason is not None:
            yield place.problem(kinds.OUT_OF_REACH, reason)


def _holds_password(address: str) -> bool:
    """Whether there is a password in it, which is a problem of its own."""
    try:
        return urlsplit(address).password is not None
    except ValueError:
        return False


def _host_of(address: str) -> str:
    return _BEHIND_HOST.split(address.partition("://")[2], maxsplit=1)[0]
