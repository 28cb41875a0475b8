"""What must hold of a source of type `files` beyond its model: that it may be reached, and holds no secret."""

from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

from shared.config import kinds
from shared.config.place import Place
from shared.config.problem import ConfigProblem
from shared.config.reading import Reading
from shared.domain.message import nearest
from shared.domain.path_template import parse_path_template
from shared.domain.pipeline import Pipeline
from shared.domain.secrecy import names_secret
from shared.sources.files.addresses import HTTPS
from shared.sources.files.path_parameters import check_path_parameters
from shared.sources.files.source import FilesSource


def check_source(
    source: FilesSource, place: Place, *, reading: Reading, pipeline: Pipeline | None
) -> Iterator[ConfigProblem]:
    """Addresses that may not be asked, secrets in them, and keys that no folder of the path has.

    What is at a path is no matter: files come later. In a pipeline also parameters in the path that it does not have,
    and that can't stand there.
    """
    if pipeline is not None:
        yield from check_path_parameters(parse_path_template(source.path), pipeline, place.at("path"))
    yield from _check_folders(source, place)
    addresses = {
        "path": parse_path_template(source.path).example if source.path.startswith(HTTPS) else None,
        "endpoint": source.endpoint,
    }
    for word, address in addresses.items():
        if address is None:
            continue
        secret = _secret_in(address)
        reason = secret or reading.egress.refusal_of_url(address)
        if reason is None and word == "endpoint":
            reason = _more_than_endpoint(address)
        if reason is not None:
            yield place.at(word).problem(kinds.OPEN_SECRET if secret else kinds.OUT_OF_REACH, reason)


def _check_folders(source: FilesSource, place: Place) -> Iterator[ConfigProblem]:
    said = [folder.partition("=") for folder in source.path.split("/")[:-1]]
    if any(_UNKNOWN & set(before) for before, *_ in said):
        return
    known = [before for before, sign, _ in said if sign]
    for index, key in enumerate(source.folders):
        if key not in known:
            yield place.at("folders", index).problem(
                kinds.MEANINGLESS_VALUE,
                f"no folder of 'path' is called {key}=…, so no file has a value for it",
                suggestion=nearest(key, known),
            )


_UNKNOWN = frozenset("*?[{}%")
"""What stands for other characters in a path."""


def _more_than_endpoint(address: str) -> str | None:
    """Names of buckets and objects are written behind it."""
    more = next((sign for sign in "?#" if sign in address), None)
    if more is None:
        return None
    return f"must end before '{more}': the names of buckets and objects follow, as in {address.partition(more)[0]}"


def _secret_in(address: str) -> str | None:
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    if "@" in parts.netloc:
        return "holds a user; write credentials: {username: {secret: name}, password: {secret: name}}"
    named = next((name for name, value in parse_qsl(parts.query) if value and names_secret(name)), None)
    if named is not None:
        return (
            f"'{named}' in it is a secret; take it away and set 'credentials', or read it as s3:// or az://"
        )
    return None
