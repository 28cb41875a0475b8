"""The words of a REST source's settings: those of dlt's REST API source, less what means nothing here.

Held equal to the installed dlt by a test, so that checking a file need not wait for dlt's import.
"""

from shared.sources.rest_api.checks.shape import (
    Anything,
    JsonPath,
    Keys,
    Listed,
    Named,
    Shape,
    TextOr,
    Typed,
    Value,
    Word,
)

_TEXT = Value("text", (str,))
_SECRET = Value("text", (str,), secret=True)
_PASSWORD = Value("text", (str,), secret=True, may_be_empty=True)
"""Some APIs want a key as the user, and no password."""
_WHOLE = Value("a whole number", (int,))
_BOOLEAN = Value("true or false", (bool,))
_PATH = JsonPath()
_PATH_OR_NULL = JsonPath(or_null=True)

_NOT_LOADED = "is about loading with dlt, which is not done here; the step's destination says it"
_NEEDS_PYTHON = "takes a function of Python; use a transform step"
_KEYS_TELL = "is not needed here: 'keys' of the destination say what makes a row the same row"
_ALWAYS_SO = (
    "says what is always so here: what is read begins with the last value, and ends with the greatest"
)

OPTIONAL = "optional"
FIRST_ONLY = "first_page_only"
OWN_WORDS = frozenset({OPTIONAL, FIRST_ONLY})
"""Words of a paginator that are ours and not dlt's: they say that a list may end where it seems to go on."""

_OPTIONAL: dict[str, Shape] = {OPTIONAL: _BOOLEAN}
_STOPS: dict[str, Shape] = {"stop_after_empty_page": _BOOLEAN, "has_more_path": _PATH}
_JSON_LINK = Keys({"next_url_path": _PATH, **_OPTIONAL})

PAGINATOR = Typed(
    {
        "single_page": Keys({FIRST_ONLY: _BOOLEAN}),
        "cursor": Keys(
            {
                "cursor_path": _PATH,
                "cursor_param": _TEXT,
                "cursor_body_path": _TEXT,
                **_STOPS,
                **_OPTIONAL,
            },
            apart=(("cursor_param", "cursor_body_path"),),
        ),
        "header_cursor": Keys({"cursor_key": _TEXT, "cursor_param": _TEXT, **_OPTIONAL}),
        "header_link": Keys({"links_next_key": _TEXT, **_OPTIONAL}),
        "json_link": _JSON_LINK,
        "offset": Keys(
            {
                "limit": _WHOLE,
                "offset": _WHOLE,
                "offset_param": _TEXT,
                "offset_body_path": _TEXT,
                "limit_param": _TEXT,
                "limit_body_path": _TEXT,
                "total_path": _PATH_OR_NULL,
                "maximum_offset": _WHOLE,
                **_STOPS,
            },
            required=("limit",),
            apart=(("offset_param", "offset_body_path"), ("limit_param", "limit_body_path")),
        ),
        "page_number": Keys(
            {
                "base_page": _WHOLE,
                "page_param": _TEXT,
                "page_body_path": _TEXT,
                "total_path": _PATH_OR_NULL,
                "maximum_page": _WHOLE,
                **_STOPS,
            },
            refused={"page": "begins in the middle, and would leave out a page; write base_page: 1"},
            apart=(("page_param", "page_body_path"),),
        ),
    },
    alone=("single_page", "cursor", "header_cursor", "header_link", "json_link", "page_number"),
    refused={
        "auto": "guesses, and may take the first page for all; say how the answer is paged",
        "json_response": "is an old word for json_link",
    },
)

AUTH = Typed(
    {
        "bearer": Keys({"token": _SECRET}, required=("token",)),
        "api_key": Keys(
            {"api_key": _SECRET, "name": _TEXT, "location": Word(("header", "query", "param"))},
            required=("api_key",),
        ),
        "http_basic": Keys({"username": _TEXT, "password": _PASSWORD}, required=("username", "password")),
        "oauth2_client_credentials": Keys(
            {
                "access_token_url": _TEXT,
                "client_id": _TEXT,
                "client_secret": _SECRET,
                "access_token": _SECRET,
                "access_token_request_data": Named(Anything()),
                "default_token_expiration": _WHOLE,
            },
            required=("access_token_url", "client_id", "client_secret"),
        ),
    },
    unnamed="bearer",
)

CLIENT = Keys(
    {"base_url": _TEXT, "headers": Named(_TEXT), "auth": AUTH, "paginator": PAGINATOR}, required=("base_url",)
)

RESPONSE_ACTION = Keys(
    {"status_code": _WHOLE, "content": _TEXT, "action": Word(("ignore",))},
    required=("status_code", "action"),
)

_CURSOR: dict[str, Shape] = {
    "cursor_path": _PATH,
    "initial_value": Value("text or a number", (str, int, float)),
    "lag": _WHOLE,
    "convert": Word(("unix", "unix_ms", "rfc3339", "date")),
    "on_cursor_value_missing": Word(("raise", "include", "exclude")),
}
_CURSOR_REFUSED = {
    **dict.fromkeys(("range_start", "range_end", "row_order", "last_value_func"), _ALWAYS_SO),
    **dict.fromkeys(
        ("end_value", "end_param"),
        "says where reading ends; write a parameter of the pipeline below 'params'",
    ),
    "primary_key": _KEYS_TELL,
    "allow_external_schedulers": "is about Airflow; use {parameter: name} below 'params' for a run's days",
}
_CURSOR_NEEDED = ("cursor_path", "initial_value", "lag")

INCREMENTAL = Keys({**_CURSOR, "start_param": _TEXT}, required=_CURSOR_NEEDED, refused=_CURSOR_REFUSED)
"""From where the rows of a resource are read: dlt's words, but that `convert` is one of ours."""

INCREMENTAL_PARAMETER = Keys(
    {**_CURSOR, "type": Word(("incremental",))}, required=("type", *_CURSOR_NEEDED), refused=_CURSOR_REFUSED
)
"""A parameter that is from where the rows are read."""

ENDPOINT = Keys(
    {
        "path": _TEXT,
        "method": Word(("GET", "POST")),
        "params": Named(Anything()),
        "json": Named(Anything()),
        "data": Anything(),
        "headers": Named(_TEXT),
        "auth": AUTH,
        "paginator": PAGINATOR,
        "data_selector": _PATH,
        "response_actions": Listed(RESPONSE_ACTION),
        "incremental": INCREMENTAL,
    },
    apart=(("json", "data"),),
)

_NOT_USED = {
    **dict.fromkeys(
        (
            "columns", "file_format", "max_table_nesting", "merge_key", "nested_hints", "parent_table_name",
            "primary_key", "references", "schema_contract", "table_format", "table_name", "write_disposition",
        ),
        _NOT_LOADED,
    ),
    "parallelized": "is not done here: pages are read one after the other",
    "processing_steps": _NEEDS_PYTHON,
    "selected": "means nothing here; 'resource' of the source says whose rows are meant",
}  # fmt: skip

_FOR_ALL: dict[str, Shape] = {"endpoint": TextOr(ENDPOINT), "include_from_parent": Listed(_TEXT)}

RESOURCE_DEFAULTS = Keys({"endpoint": ENDPOINT}, refused=_NOT_USED)
RESOURCE = Keys({"name": _TEXT, **_FOR_ALL}, required=("name",), refused=_NOT_USED)

PARENT_PARAMETER = Keys(
    {"type": Word(("resolve",)), "resource": _TEXT, "field": _TEXT}, required=("type", "resource", "field")
)
"""A parameter that comes from each row of another resource."""

SECRET = Keys({"secret": _TEXT})
PARAMETER = Keys(
    {"parameter": _TEXT, "format": Word(("date", "rfc3339", "unix")), "plus_days": _WHOLE},
    required=("parameter",),
)
"""What values may stand for: ours, and not dlt's."""

SETTINGS: dict[str, Shape] = {
    "client": CLIENT,
    "resource_defaults": RESOURCE_DEFAULTS,
    "resources": Listed(TextOr(RESOURCE)),
}
