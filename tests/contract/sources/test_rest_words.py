"""The words that `validate` knows are those that the installed dlt takes, and those it needs."""

import inspect
from typing import Any, get_args, get_type_hints

import pytest
from dlt.sources.helpers.rest_client.auth import TApiKeyLocation
from dlt.sources.helpers.rest_client.typing import HTTPMethodBasic
from dlt.sources.rest_api import config_setup, typing

from shared.sources.rest_api.checks.shape import Keys, Word
from shared.sources.rest_api.checks.words import (
    AUTH,
    CLIENT,
    ENDPOINT,
    INCREMENTAL,
    INCREMENTAL_PARAMETER,
    OWN_WORDS,
    PAGINATOR,
    PARENT_PARAMETER,
    RESOURCE,
    RESPONSE_ACTION,
    SETTINGS,
)

_OF_PYTHON = {"session"}
"""What only a program can give."""
_CONFIG_BY_PAGINATOR: dict[str, Any] = {
    "single_page": typing.PaginatorTypeConfig,
    "cursor": typing.JSONResponseCursorPaginatorConfig,
    "header_cursor": typing.HeaderCursorPaginatorConfig,
    "header_link": typing.HeaderLinkPaginatorConfig,
    "json_link": typing.JSONLinkPaginatorConfig,
    "offset": typing.OffsetPaginatorConfig,
    "page_number": typing.PageNumberPaginatorConfig,
}
_CONFIG_BY_AUTH: dict[str, Any] = {
    "bearer": typing.BearerTokenAuthConfig,
    "api_key": typing.ApiKeyAuthConfig,
    "http_basic": typing.HttpBasicAuthConfig,
    "oauth2_client_credentials": typing.OAuth2ClientCredentialsConfig,
}


def words_of_dlt(config: Any) -> set[str]:
    return set(get_type_hints(config)) - _OF_PYTHON


def words(keys: Keys) -> set[str]:
    return set(keys.shape_by_key) | set(keys.refused)


def needed(made: Any) -> set[str]:
    """The arguments that something can't be made without."""
    parameters = inspect.signature(made).parameters.values()
    return {each.name for each in parameters if each.default is inspect.Parameter.empty}


def test_the_types_are_those_of_dlt() -> None:
    assert {*PAGINATOR.keys_by_type, *PAGINATOR.refused} == set(get_args(typing.PaginatorType))
    assert set(AUTH.keys_by_type) == set(get_args(typing.AuthType))
    assert words_of_dlt(typing.RESTAPIConfig) == set(SETTINGS)


@pytest.mark.parametrize("name", PAGINATOR.keys_by_type)
def test_a_paginator_has_the_words_of_dlt(name: str) -> None:
    keys = PAGINATOR.keys_by_type[name]
    made = config_setup.PAGINATOR_MAP[name]

    assert words(keys) - OWN_WORDS == words_of_dlt(_CONFIG_BY_PAGINATOR[name]) - {"type"}
    assert words(keys) - OWN_WORDS == set(inspect.signature(made).parameters)
    assert set(keys.required) == needed(made)
    assert (name in PAGINATOR.alone) == (not keys.required)


@pytest.mark.parametrize("name", AUTH.keys_by_type)
def test_a_way_to_authenticate_has_the_words_of_dlt(name: str) -> None:
    keys = AUTH.keys_by_type[name]

    assert words(keys) == words_of_dlt(_CONFIG_BY_AUTH[name]) - {"type"}
    assert set(keys.required) <= words(keys)


def test_client_resources_and_endpoints_have_the_words_of_dlt() -> None:
    assert words(CLIENT) == words_of_dlt(typing.ClientConfig)
    assert words(RESOURCE) == words_of_dlt(typing.EndpointResource)
    assert words(ENDPOINT) == words_of_dlt(typing.Endpoint)
    assert words(RESPONSE_ACTION) == words_of_dlt(typing.ResponseActionDict)
    assert words(INCREMENTAL) == words_of_dlt(typing.IncrementalConfig)
    # dlt knows that one, to refuse it.
    assert words(INCREMENTAL_PARAMETER) - {"end_param"} == words_of_dlt(typing.IncrementalParamConfig)
    assert words(PARENT_PARAMETER) == words_of_dlt(typing.ResolveParamConfig)


def test_one_of_several_words_is_one_of_dlts() -> None:
    location = AUTH.keys_by_type["api_key"].shape_by_key["location"]
    method = ENDPOINT.shape_by_key["method"]

    # dlt has a word for cookies, and no code.
    assert isinstance(location, Word)
    assert {*location.words, "cookie"} == set(get_args(TApiKeyLocation))
    assert isinstance(method, Word)
    assert set(method.words) == set(get_args(HTTPMethodBasic))
