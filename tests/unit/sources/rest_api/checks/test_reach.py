"""Where a REST source may not go is said with its place, as far as the files show it."""

import pytest

from shared.config.problem import ConfigError
from shared.config.recipe import load_recipe
from tests.fakes.acme import CHAIN, FILES
from tests.fakes.configs import MemoryFolder
from tests.unit.config.recipes import SOURCE, problems_of

PAGED = "paginator: single_page, data_selector: data"
CREDENTIALS = "is where a machine gets its own credentials; no source may reach it"
BESIDES = "a source reaches global addresses, and what EGRESS_ALLOWED of the platform names"


def source(
    base_url: str = "https://api.example.com", *, client: str = "", endpoint: str = "path: costs"
) -> str:
    """A source of a line for the client and one for the resource."""
    return (
        "type: rest_api\n"
        f"client: {{base_url: '{base_url}'{client}}}\n"
        f"resources: [{{name: costs, endpoint: {{{endpoint}, {PAGED}}}}}]\n"
    )


def problems(text: str) -> list[str]:
    return [one.removeprefix(f"{SOURCE}:") for one in problems_of({**FILES, SOURCE: text})]


@pytest.mark.parametrize(
    ("base_url", "expected"),
    [
        ("https://metadata.google.internal/computeMetadata/v1/", f"'metadata.google.internal' {CREDENTIALS}"),
        ("https://METADATA.google.internal./", f"'metadata.google.internal.' {CREDENTIALS}"),
        ("https://169.254.169.254/", f"'169.254.169.254' {CREDENTIALS}"),
        ("https://[::ffff:169.254.169.254]/", f"'::ffff:169.254.169.254' {CREDENTIALS}"),
        ("https://[64:ff9b::a9fe:a9fe]/", f"'64:ff9b::a9fe:a9fe' {CREDENTIALS}"),
        ("https://10.0.0.1/", f"'10.0.0.1' is an address that is not global (private); {BESIDES}"),
        ("https://10.0.0.1?x={y}", f"'10.0.0.1' is an address that is not global (private); {BESIDES}"),
        ("https://10.0.0.1#{y}", f"'10.0.0.1' is an address that is not global (private); {BESIDES}"),
        ("https://[2002:a00:1::]/", f"'2002:a00:1::' is an address that is not global (6to4); {BESIDES}"),
        (
            "https://127.1/",
            "'127.1' is no IPv4 address of four decimal numbers from 0 to 255; other spellings are not read",
        ),
        (
            "https://[fe80::1%25eth0]/",
            "'fe80::1%25eth0' has a % in it; write an address without a zone, and a name as it is",
        ),
        ("https://erp.internal/", f"'erp.internal' is a name that only a private network knows; {BESIDES}"),
        (
            "https://me@api.example.com/",
            "'api.example.com' has a user before it; write 'auth: {type: http_basic, …}'",
        ),
        (
            "http://api.example.com/",
            (
                "'api.example.com' is asked over http://; write https://, http:// is for hosts that "
                "EGRESS_ALLOWED names"
            ),
        ),
    ],
)
def test_an_address_that_may_not_be_asked_is_a_problem_of_its_line(base_url: str, expected: str) -> None:
    assert problems(source(base_url)) == [f"2:20: client.base_url: {expected}"]


@pytest.mark.parametrize(
    ("base_url", "sign"),
    [
        ("https://api.example.com/v1?version=2", "?"),
        ("https://api.example.com/v1#costs", "#"),
        ("https://api.example.com/v1?", "?"),
    ],
)
def test_a_base_ends_with_its_path_because_the_endpoints_follow(base_url: str, sign: str) -> None:
    assert problems(source(base_url)) == [
        (
            f"2:20: client.base_url: must end before '{sign}': the paths of endpoints follow, as in "
            "https://api.example.com/v1; parameters of every request go below 'params' of 'resource_defaults.endpoint'"
        )
    ]


def test_a_path_that_is_a_whole_address_is_judged_as_one() -> None:
    assert problems(source(endpoint="path: 'https://10.0.0.1/costs'")) == [
        "3:44: resources[0].endpoint.path: '10.0.0.1' is an address that is not global (private); " + BESIDES
    ]


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ("Metadata-Flavor", "asks a machine for its own credentials; no source may send it"),
        ("metadata_flavor", "asks a machine for its own credentials; no source may send it"),
        (
            "X-aws-ec2-metadata-token-ttl-seconds",
            "asks a machine for its own credentials; no source may send it",
        ),
        ("HOST", "names another host than the one that is asked; write the host into base_url"),
    ],
)
def test_a_header_that_may_not_be_sent_is_a_problem_of_its_line(header: str, reason: str) -> None:
    assert problems(source(client=f", headers: {{{header}: x}}")) == [
        f"2:57: client.headers.{header}: the header '{header}' {reason}"
    ]


def test_a_host_that_the_file_does_not_show_is_left_to_the_step() -> None:
    files = {**FILES, SOURCE: source("https://{tenant}.example.com")}

    told = [one for one in _told(files) if "EGRESS_ALLOWED" in one or "no name of a host" in one]

    assert told == []


def _told(files: dict[str, str]) -> list[str]:
    try:
        load_recipe(MemoryFolder(files), CHAIN)
    except ConfigError as error:
        return [str(problem) for problem in error.problems]
    return []
