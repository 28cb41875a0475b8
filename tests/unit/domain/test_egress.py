"""What sources may reach: every spelling of an address is judged as the address."""

import pytest

from shared.domain.egress import GLOBAL_ONLY, parse_egress, refusal_of_header

CREDENTIALS = "is where a machine gets its own credentials"
NOT_GLOBAL = "is an address that is not global"
SPELLING = "is no IPv4 address of four decimal numbers"


@pytest.mark.parametrize(
    ("host", "reason"),
    [
        ("169.254.169.254", CREDENTIALS),
        ("2852039166", SPELLING),
        ("0xa9fea9fe", SPELLING),
        ("0251.0376.0251.0376", SPELLING),
        ("169.254.43518", SPELLING),
        ("127.1", SPELLING),
        ("１２７.0.0.1", NOT_GLOBAL),
        ("127。0。0。1", NOT_GLOBAL),
        ("127.0.0.1.", NOT_GLOBAL),
        ("[::ffff:169.254.169.254]", CREDENTIALS),
        ("[::ffff:7f00:1]", NOT_GLOBAL),
        ("[64:ff9b::a9fe:a9fe]", CREDENTIALS),
        ("[64:ff9b::10.0.0.1]", NOT_GLOBAL),
        ("[64:ff9b:1::a00:1]", NOT_GLOBAL),
        ("[2002:a9fe:a9fe::]", NOT_GLOBAL),
        ("[2001:0:7f00:1::]", NOT_GLOBAL),
        ("[::127.0.0.1]", NOT_GLOBAL),
        ("[::1]", NOT_GLOBAL),
        ("[::]", NOT_GLOBAL),
        ("[fe80::1]", CREDENTIALS),
        ("[fe80::1%25eth0]", "has a % in it"),
        ("[fc00::1]", NOT_GLOBAL),
        ("[fd00:ec2::254]", CREDENTIALS),
        ("[ff02::1]", NOT_GLOBAL),
        ("0.0.0.0", NOT_GLOBAL),  # noqa: S104 - an address that is refused
        ("10.0.0.1", NOT_GLOBAL),
        ("100.64.0.1", NOT_GLOBAL),
        ("172.31.255.255", NOT_GLOBAL),
        ("192.168.1.1", NOT_GLOBAL),
        ("198.18.0.1", NOT_GLOBAL),
        ("224.0.0.1", NOT_GLOBAL),
        ("240.0.0.1", NOT_GLOBAL),
        ("168.63.129.16", CREDENTIALS),
        ("metadata.google.internal", CREDENTIALS),
        ("Metadata.Google.Internal.", CREDENTIALS),
        ("ⓜetadata.google.internal", CREDENTIALS),
        ("metadata", CREDENTIALS),
        ("localhost", "only a private network knows"),
        ("api.internal", "only a private network knows"),
    ],
)
def test_no_spelling_hides_what_is_not_global(host: str, reason: str) -> None:
    refusal = GLOBAL_ONLY.refusal_of_url(f"https://{host}/v1")

    assert refusal is not None
    assert reason in refusal


@pytest.mark.parametrize(
    "url",
    [
        "https://api.example.com/v1/",
        "https://API.example.com.:8443",
        "https://münchen.example",
        "https://8.8.8.8",
        "https://[2606:4700::1111]",
        "https://[64:ff9b::808:808]",
    ],
)
def test_a_global_host_may_be_reached(url: str) -> None:
    assert GLOBAL_ONLY.refusal_of_url(url) is None


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://api.example.com", "is asked over http://; write https://"),
        ("https://me@api.example.com", "has a user before it"),
        ("https://api.example.com:0", "has the port 0"),
        ("https://api.example.com:99999", "can't be read"),
        ("https://api.example.com\\@10.0.0.1", "backslash"),
        ("ftp://api.example.com", "begins with https://"),
    ],
)
def test_an_address_that_could_be_read_in_two_ways_is_refused(url: str, reason: str) -> None:
    assert reason in (GLOBAL_ONLY.refusal_of_url(url) or "")


@pytest.mark.parametrize(
    ("allowed", "url", "may"),
    [
        ("127.0.0.0/8", "http://127.0.0.1:9", True),
        ("127.0.0.0/8", "http://[::ffff:127.0.0.1]:9", True),
        ("127.0.0.0/8", "http://localhost:9", False),
        ("127.0.0.0/8", "http://api.example.com", False),
        ("localhost", "http://LOCALHOST.:9", True),
        ("api.internal:8080", "http://api.internal:8080", True),
        ("api.internal:8080", "http://api.internal:8081", False),
        ("10.0.0.5:443", "https://10.0.0.5", True),
        ("10.0.0.5:443", "https://10.0.0.5:444", False),
        ("::1, 10.8.0.0/16", "https://10.8.3.4", True),
        ("0.0.0.0/0, ::/0", "http://169.254.169.254", False),
        ("0.0.0.0/0, ::/0", "http://[fd00:ec2::254]", False),
    ],
)
def test_the_operator_may_allow_more_but_no_credentials(allowed: str, url: str, may: bool) -> None:
    assert (parse_egress(allowed).refusal_of_url(url) is None) == may


@pytest.mark.parametrize(
    "text",
    [
        "https://api.internal/",
        "10.0.0.1/8",
        "169.254.169.254",
        "metadata.google.internal",
        "a:b",
        "127.1",
        "a:0",
    ],
)
def test_what_can_not_be_allowed_is_refused_by_its_entry(text: str) -> None:
    with pytest.raises(ValueError, match=r"^'"):
        parse_egress(f"api.example.com,{text}")


@pytest.mark.parametrize(
    ("name", "may"),
    [
        ("Metadata-Flavor", False),
        ("metadata_flavor ", False),
        ("Metadata", False),
        ("X-Google-Metadata-Request", False),
        ("X-aws-ec2-metadata-token-ttl-seconds", False),
        ("Host", False),
        ("X-Metadata", True),
        ("Authorization", True),
    ],
)
def test_headers_that_ask_a_machine_for_credentials_are_not_sent(name: str, may: bool) -> None:
    assert (refusal_of_header(name) is None) == may
