"""A REST source's settings as dlt takes them: asked by our session, and with every paginator watched.

Imported where a source is read, because dlt takes a second or two to import.
"""

from typing import Any

from dlt.sources.rest_api.config_setup import create_paginator
from pydantic import JsonValue

from shared.domain.errors import StepError
from shared.sources.rest_api.checks.words import OWN_WORDS
from shared.sources.rest_api.reading.pages import PageLimit, WatchedPaginator
from shared.sources.rest_api.reading.session import ApiSession
from shared.sources.rest_api.settings import Settings, resource_names, said


def watched_settings(settings: Settings, session: ApiSession, *, max_pages: int) -> dict[str, Any]:
    """dlt's configuration. Each resource gets its paginator and its selector, so that dlt guesses neither."""
    limit = PageLimit(max_pages)
    client: dict[str, Any] = {**_mapping(settings["client"]), "session": session}
    defaults: dict[str, Any] = {**_mapping(settings["resource_defaults"])}
    resources = settings["resources"] if isinstance(settings["resources"], list) else []
    if "endpoint" in defaults:
        defaults["endpoint"] = _endpoint(defaults["endpoint"], session)
    return {
        "client": _endpoint(client, session),
        "resource_defaults": defaults,
        "resources": [
            _resource(resource, session, _paging(settings, number, limit))
            for number, resource in enumerate(resources)
        ],
    }


def _resource(resource: JsonValue, session: ApiSession, paging: dict[str, Any]) -> dict[str, Any]:
    whole: dict[str, Any] = {"name": resource} if isinstance(resource, str) else {**_mapping(resource)}
    endpoint = whole.get("endpoint", {})
    stated = {"path": endpoint} if isinstance(endpoint, str) else _endpoint(endpoint, session)
    return {**whole, "endpoint": {**stated, **paging}}


def _endpoint(words: JsonValue, session: ApiSession) -> dict[str, Any]:
    stated: dict[str, Any] = {key: value for key, value in _mapping(words).items() if key != "paginator"}
    auth = stated.get("auth")
    if isinstance(auth, dict) and auth.get("type") == "oauth2_client_credentials":
        # By itself dlt would ask for the token by a session of its own.
        stated["auth"] = {**auth, "session": session}
    if isinstance(stated.get("params"), dict):
        stated["params"] = {name: _as_sent(value) for name, value in stated["params"].items()}
    return stated


def _as_sent(value: JsonValue) -> JsonValue:
    """A parameter's value; a boolean as JSON and YAML write it, where Python would send `True`."""
    match value:
        case bool():
            return "true" if value else "false"
        case list():
            return [_as_sent(each) for each in value]
        case _:
            return value


def _paging(settings: Settings, number: int, limit: PageLimit) -> dict[str, Any]:
    name = resource_names(settings)[number]
    paginator, selector = said(settings, number, "paginator"), said(settings, number, "data_selector")
    if paginator is None or selector is None or not isinstance(selector[1], str):
        word = "paginator" if paginator is None else "data_selector"
        raise StepError(f"'{word}' of the resource '{name}' is missing")
    words: Any = paginator[1]
    trusts_end = counts_pages = False
    if isinstance(words, dict):
        # The default may happen to be a number of rows.
        counts_pages = words.get("total_path") is not None
        trusts_end = any(words.get(word) is True for word in OWN_WORDS)
        words = {key: value for key, value in words.items() if key not in OWN_WORDS}
    made = create_paginator(words)
    if made is None:
        raise StepError(f"the resource '{name}' does not say how it is paged")
    watched = WatchedPaginator(
        made,
        data_selector=selector[1],
        trusts_end=trusts_end,
        counts_pages=counts_pages,
        limit=limit,
    )
    return {"paginator": watched, "data_selector": selector[1]}


def _mapping(value: JsonValue) -> dict[str, JsonValue]:
    return value if isinstance(value, dict) else {}
