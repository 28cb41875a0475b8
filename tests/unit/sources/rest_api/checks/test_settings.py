"""What is wrong in a REST source's settings is said with its place and the word that was meant."""

import pytest

from shared.config.recipe import load_recipe
from tests.fakes.acme import CHAIN, FILES
from tests.fakes.configs import MemoryFolder
from tests.unit.config.recipes import SOURCE, problems_of

PAGINATORS = "single_page, cursor, header_cursor, header_link, json_link, offset, page_number"
PAGED = "paginator: single_page, data_selector: data"


def source(endpoint: str = f"path: costs, {PAGED}", client: str = "", more: str = "") -> str:
    """A source of two lines for the client and one for the resource."""
    return (
        "type: rest_api\n"
        f"client: {{base_url: https://api.example.com{client}}}\n"
        f"resources: [{{name: costs, endpoint: {{{endpoint}}}}}{more}]\n"
    )


def problems(text: str) -> list[str]:
    return [one.removeprefix(f"{SOURCE}:") for one in problems_of({**FILES, SOURCE: text})]


@pytest.mark.parametrize(
    ("paginator", "expected"),
    [
        (
            "{type: offst}",
            (
                f"3:90: resources[0].endpoint.paginator.type: 'offst' is not allowed; use one of {PAGINATORS}. "
                "Did you mean 'offset'?"
            ),
        ),
        (
            "{type: cursor, cursor_pth: next}",
            (
                "3:98: resources[0].endpoint.paginator.cursor_pth: 'cursor_pth' is not a known key; use one of "
                "cursor_path, cursor_param, cursor_body_path, stop_after_empty_page, has_more_path, optional. "
                "Did you mean 'cursor_path'?"
            ),
        ),
        (
            "auto",
            (
                "3:83: resources[0].endpoint.paginator: 'auto' guesses, and may take the first page for all; "
                f"say how the answer is paged; use one of {PAGINATORS}"
            ),
        ),
        (
            "offset",
            (
                "3:83: resources[0].endpoint.paginator: 'offset' needs more than its name; write a mapping "
                "with type: offset"
            ),
        ),
        ("{type: offset}", "3:72: resources[0].endpoint.paginator: 'limit' is missing"),
        (
            "{limit: 3}",
            f"3:72: resources[0].endpoint.paginator: 'type' is missing; use one of {PAGINATORS}",
        ),
        (
            "{type: offset, limit: ten}",
            "3:105: resources[0].endpoint.paginator.limit: must be a whole number, is 'ten'",
        ),
        (
            "{type: cursor, cursor_path: 'data['}",
            (
                "3:111: resources[0].endpoint.paginator.cursor_path: is not a path into the answer; write names with "
                "dots between them, such as data.items"
            ),
        ),
        (
            "{type: page_number, page: 1, total_path: total_pages}",
            (
                "3:103: resources[0].endpoint.paginator.page: 'page' begins in the middle, and would leave out a page; "
                "write base_page: 1"
            ),
        ),
        (
            "{type: page_number, page_param: p, page_body_path: p}",
            (
                "3:118: resources[0].endpoint.paginator.page_body_path: 'page_param' and 'page_body_path' exclude "
                "each other"
            ),
        ),
    ],
)
def test_every_word_of_a_paginator_is_checked(paginator: str, expected: str) -> None:
    text = source(f"path: costs, data_selector: data, paginator: {paginator}")

    assert problems(text) == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (source(client=", headrs: {a: b}"), ("2:45: client.headrs: 'headrs' is not a known key; use one of base_url, "
         "headers, auth, paginator. Did you mean 'headers'?")),
        (source(client=", headers: {version: 2}"), "2:64: client.headers.version: must be text, is 2"),
        (source(client=", auth: bearer"), ("2:51: client.auth: must be a mapping with a type; use one of bearer, "
         "api_key, http_basic, oauth2_client_credentials")),
        (source(client=", auth: {type: http_basic, username: u}"), "2:45: client.auth: 'password' is missing"),
        (source(client=", auth: {token: ''}"), "2:59: client.auth.token: must be {secret: name}"),
        (source(client=", auth: {type: api_key, api_key: ''}"),
         "2:76: client.auth.api_key: must be {secret: name}"),
        (source(client=", auth: {type: api_key, api_key: {secret: k}, location: cookie}"),
         "2:99: client.auth.location: 'cookie' is not allowed; use one of header, query, param"),
        (source().replace("https://", ""), "2:20: client.base_url: must be an address that begins with https://"),
        (source(f"path: costs, methd: GET, {PAGED}"), ("3:51: resources[0].endpoint.methd: 'methd' is not a known key; "
         "use one of path, method, params, json, data, headers, auth, paginator, data_selector, response_actions, "
         "incremental. "
         "Did you mean 'method'?")),
        (source(f"path: costs, method: PUT, {PAGED}"), ("3:59: resources[0].endpoint.method: 'PUT' is not allowed; "
         "use one of GET, POST")),
        (source(f"path: costs, params: {{a: {{type: reslve, resource: costs, field: id}}}}, {PAGED}"),
         "3:70: resources[0].endpoint.params.a.type: 'reslve' is not allowed; use resolve. Did you mean 'resolve'?"),
        (source(f"path: 'costs/{{id}}', {PAGED}"), ("3:44: resources[0].endpoint.path: '{id}' stands for nothing; "
         "{resources.NAME.FIELD} is a value of another resource's row; write {{ and }} for braces")),
        (source(f"path: 'costs/{{resources.cost.id}}', {PAGED}"), ("3:44: resources[0].endpoint.path: 'cost' is not "
         "one of the resources; use costs. Did you mean 'costs'?")),
        (source(f"path: costs, json: {{query: '{{ costs }}'}}, {PAGED}"), ("3:65: resources[0].endpoint.json.query: "
         "'{ costs }' stands for nothing; {resources.NAME.FIELD} is a value of another resource's row; "
         "write {{ and }} for braces")),
        (source(f"path: costs, response_actions: [{{status_code: 404, action: ignor}}], {PAGED}"),
         ("3:97: resources[0].endpoint.response_actions[0].action: 'ignor' is not allowed; use ignore. "
         "Did you mean 'ignore'?")),
        (source(f"path: costs, response_actions: [{{content: nothing, action: ignore}}], {PAGED}"),
         "3:70: resources[0].endpoint.response_actions[0]: 'status_code' is missing"),
        (source().replace("resources:", "resource_defaults: {endpoint: {headers: {X-Mine: '{a}'}}}\nresources:"),
         ("3:50: resource_defaults.endpoint.headers.X-Mine: '{a}' stands for nothing; {resources.NAME.FIELD} is a "
          "value of another resource's row; write {{ and }} for braces")),
        (source().replace("name: costs,", "name: costs, write_disposition: merge,"),
         ("3:27: resources[0].write_disposition: 'write_disposition' is about loading with dlt, which is not done "
         "here; the step's destination says it")),
        (source().replace("name: costs,", "name: costs, processing_steps: [],"),
         "3:27: resources[0].processing_steps: 'processing_steps' takes a function of Python; use a transform step"),
        (f"{source()}resource: cots\n", ("4:11: resource: 'cots' is not one of the resources; use costs. Did you mean "
         "'costs'?")),
        (f"{source()}max_pages: 0\n", "4:12: max_pages: must be 1 or more, is 0"),
        (f"{source()}max_page: 5\n", ("4:1: max_page: 'max_page' is not a known key; use one of type, description, "
         "client, resource_defaults, resources, resource, max_pages, columns. Did you mean 'max_pages'?")),
    ],
)  # fmt: skip
def test_every_other_word_is_checked_too(text: str, expected: str) -> None:
    assert problems(text) == [expected]


def test_a_source_says_how_it_is_paged_and_where_its_rows_are() -> None:
    assert problems(source("path: costs")) == [
        (
            "3:27: resources[0].endpoint: 'data_selector' is missing: the path in the answer to the rows, '$' for the "
            "answer itself"
        ),
        (
            "3:27: resources[0].endpoint: 'paginator' is missing: a source says how it is paged, single_page if it is "
            f"not; use one of {PAGINATORS}"
        ),
    ]


@pytest.mark.parametrize(
    "text",
    [
        source("path: costs, data_selector: data", client=", paginator: header_link"),
        source("path: costs, data_selector: data, paginator: {type: page_number, total_path: null, base_page: 1}"),
        source("path: costs, data_selector: $, paginator: {type: cursor, cursor_path: next, optional: true}"),
        source(f"path: 'a/{{id}}', params: {{id: 7, at: {{parameter: days_end}}}}, {PAGED}"),
        source(f"path: costs, method: POST, json: {{query: '{{{{ costs }}}}', limit: 5}}, {PAGED}"),
        source("path: 'a/{id}', data_selector: data").replace("resources:", "resource_defaults: {endpoint: {params: "
        "{id: 7}, paginator: single_page}}\nresources:"),
        source(f"params: {{id: 7}}, {PAGED}").replace("resources:", "resource_defaults: {endpoint: {path: 'a/{id}'}}\n"
        "resources:"),
        "type: rest_api\nclient: {base_url: {secret: address}}\nresource_defaults: {endpoint: {" + PAGED + "}}\n"
        "resources: [projects, {name: costs, endpoint: {path: 'p/{id}/costs', params: "
        "{id: {type: resolve, resource: projects, field: id}}}, include_from_parent: [id]}]\nresource: costs\n",
    ],
)  # fmt: skip
def test_what_dlt_takes_is_valid(text: str) -> None:
    recipe = load_recipe(MemoryFolder({**FILES, SOURCE: text}), CHAIN)

    assert list(recipe.sources) == ["charges"]


KEEP = "write {secret: name} and keep it in secrets/"


@pytest.mark.parametrize(
    ("endpoint", "client", "expected"),
    [
        ("", ", headers: {X-Api-Key: hunter2}", f"client.headers.X-Api-Key: 'X-Api-Key' is a secret; {KEEP}"),
        ("", ", headers: {Authorization: Bearer hunter2}", ("client.headers.Authorization: 'Authorization' is a "
         "secret; write auth: {type: bearer, token: {secret: name}} below client and keep it in secrets/")),
        ("", ", headers: {Cookie: session=hunter2}", f"client.headers.Cookie: 'Cookie' is a secret; {KEEP}"),
        ("", ", headers: {X-Mine: sk-hunter2hunter2}", f"client.headers.X-Mine: looks like a secret; {KEEP}"),
        ("", ", auth: {type: bearer, token: hunter2}", f"client.auth.token: 'token' is a secret; {KEEP}"),
        ("", ", auth: {type: http_basic, username: sk_live_hunter2hunter2, password: {secret: p}}",
         f"client.auth.username: looks like a secret; {KEEP}"),
        (f"path: costs, params: {{apiKey: hunter2}}, {PAGED}", "",
         f"resources[0].endpoint.params.apiKey: 'apiKey' is a secret; {KEEP}"),
        (f"path: costs, headers: {{x-auth-token: hunter2}}, {PAGED}", "",
         f"resources[0].endpoint.headers.x-auth-token: 'x-auth-token' is a secret; {KEEP}"),
        (f"path: costs, json: {{login: {{password: hunter2}}}}, {PAGED}", "",
         f"resources[0].endpoint.json.login.password: 'password' is a secret; {KEEP}"),
        (f"path: 'costs?api_key=hunter2', {PAGED}", "",
         "resources[0].endpoint.path: 'api_key' in it is a secret; write it below params as {secret: name}"),
        (f"path: costs, method: POST, data: 'a=b&client_secret=hunter2', {PAGED}", "",
         "resources[0].endpoint.data: 'client_secret' in it is a secret; write it below params as {secret: name}"),
    ],
)  # fmt: skip
def test_a_secret_that_is_written_out_is_refused_and_not_repeated(
    endpoint: str, client: str, expected: str
) -> None:
    (problem,) = problems(source(endpoint or f"path: costs, {PAGED}", client))

    assert problem.split(" ", 1)[1] == expected
    assert "hunter2" not in problem


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (
            "https://me:hunter2@example.com",
            "holds a user's password; write auth: {type: http_basic, …} with {secret: name}",
        ),
        (
            "'https://example.com/v1?token=hunter2'",
            "'token' in it is a secret; write it below params as {secret: name}",
        ),
    ],
)
def test_a_secret_in_the_address_is_refused(address: str, expected: str) -> None:
    text = source().replace("https://api.example.com", address)

    assert problems(text) == [f"2:20: client.base_url: {expected}"]


def test_a_password_may_be_empty() -> None:
    text = source(client=", auth: {type: http_basic, username: {secret: key}, password: ''}")

    assert load_recipe(MemoryFolder({**FILES, SOURCE: text}), CHAIN).sources


def test_names_that_only_sound_secret_are_taken() -> None:
    params = (
        "page_token: start, max_tokens: many, token_type: all, key: cost, api_key_id: a1, nextToken: first"
    )
    text = source(f"path: costs, params: {{{params}}}, {PAGED}")

    assert load_recipe(MemoryFolder({**FILES, SOURCE: text}), CHAIN).sources
