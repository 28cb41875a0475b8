"""Tokens that are refused whatever they hold, and for how long certificates are kept."""

import base64
import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import cast

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from google.auth import crypt, exceptions, jwt
from google.auth.transport import Request
from hypothesis import given
from hypothesis import strategies as st

from shared.adapters.google_tokens import GoogleCertificates, GoogleTokens
from shared.domain.errors import TransientError, UnauthorizedError
from tests.fakes.clock import NOON, SetClock

AUDIENCE = "https://triggers.example"
URL = "https://certs.example"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
CLAIMS = {
    "iss": "https://accounts.google.com",
    "aud": AUDIENCE,
    "email": "scheduler@convergence.iam.gserviceaccount.com",
    "email_verified": True,
    "iat": 0,
    "exp": 2**40,
}


def pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    encoding, form = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(encoding, form).decode()


@dataclass
class Answer:
    """What the address of the certificates answers."""

    certificates: object = field(default_factory=lambda: {"k1": pem(KEY)})
    headers: dict[str, str] = field(default_factory=dict)
    status: int = 200

    @property
    def data(self) -> bytes:
        return json.dumps(self.certificates).encode()


class Address:
    """Answers, and counts how often it was asked."""

    def __init__(self, answer: Answer | Exception) -> None:
        self.answer = answer
        self.count = 0

    def __call__(self, url: str, **_: object) -> Answer:
        self.count += 1
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def certificates_at(address: Address, clock: SetClock | None = None) -> GoogleCertificates:
    return GoogleCertificates(cast(Request, address), url=URL, clock=clock or SetClock())


def tokens(audience: str | None = AUDIENCE) -> GoogleTokens:
    return GoogleTokens(certificates_at(Address(Answer())), audience=audience)


def signed(claims: dict[str, object], *, key: rsa.RSAPrivateKey = KEY, key_id: str | None = "k1") -> str:
    token: bytes = jwt.encode(crypt.RSASigner(key, key_id), claims)
    return token.decode()


def segment(content: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


def test_a_good_token_says_whose_it_is() -> None:
    assert tokens().verify(signed(CLAIMS)) == "scheduler@convergence.iam.gserviceaccount.com"


@pytest.mark.parametrize(
    "wrong",
    [
        {"iss": "https://accounts.example"},
        {"iss": None},
        {"aud": "https://executor.example"},
        {"aud": None},
        {"email": None},
        {"email": ""},
        {"email_verified": False},
        {"email_verified": "true"},
        {"email_verified": None},
        {"exp": 1},
        {"iat": 2**40},
    ],
)
def test_a_token_with_a_wrong_claim_is_nobodys(wrong: dict[str, object]) -> None:
    with pytest.raises(UnauthorizedError, match=r"^Unauthorized$"):
        tokens().verify(signed(CLAIMS | wrong))


@pytest.mark.parametrize("claim", ["iss", "aud", "email", "email_verified", "iat", "exp"])
def test_a_token_that_lacks_a_claim_is_nobodys(claim: str) -> None:
    with pytest.raises(UnauthorizedError):
        tokens().verify(signed({name: each for name, each in CLAIMS.items() if name != claim}))


def test_a_token_of_another_key_is_nobodys() -> None:
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    for token in (
        signed(CLAIMS, key=other),
        signed(CLAIMS, key_id="k2"),
        signed(CLAIMS, key=other, key_id=None),
    ):
        with pytest.raises(UnauthorizedError):
            tokens().verify(token)


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "none"},
        {"alg": "HS256", "kid": "k1"},
        {"alg": "ES256", "kid": "k1"},
        {"alg": ["RS256"]},
        {"alg": "RS256", "kid": ["k1"]},
        {"alg": "RS256", "kid": {}},
        {},
        [],
        "RS256",
        None,
    ],
)
@pytest.mark.parametrize("signature", ["", "AAAA", "SIGNATURE_REMOVED_BY_GOOGLE"])
def test_a_token_that_is_not_signed_as_google_signs_is_nobodys(header: object, signature: str) -> None:
    with pytest.raises(UnauthorizedError):
        tokens().verify(f"{segment(header)}.{segment(CLAIMS)}.{signature}")


def test_a_key_that_is_not_rsa_verifies_nothing() -> None:
    address = Address(Answer({"k1": pem(ec.generate_private_key(ec.SECP256R1()))}))

    with pytest.raises(UnauthorizedError):
        GoogleTokens(certificates_at(address), audience=AUDIENCE).verify(signed(CLAIMS))


@given(token=st.text(max_size=50) | st.lists(st.text(max_size=20), min_size=3, max_size=3).map(".".join))
def test_anything_else_is_nobodys(token: str) -> None:
    with pytest.raises(UnauthorizedError):
        tokens().verify(token)


@pytest.mark.parametrize("token", ["x" * 8193, "x" * 1_000_000])
def test_a_token_that_is_too_long_is_nobodys_before_anything_is_asked(token: str) -> None:
    address = Address(Answer())

    with pytest.raises(UnauthorizedError):
        GoogleTokens(certificates_at(address), audience=AUDIENCE).verify(token)
    assert address.count == 0


def test_brackets_without_end_are_nobodys_token() -> None:
    brackets = base64.urlsafe_b64encode(b"[" * 5000).decode()

    with pytest.raises(UnauthorizedError):
        tokens().verify(f"{brackets}.e30.AAAA")


def test_without_an_audience_no_token_is_good() -> None:
    with pytest.raises(UnauthorizedError):
        tokens(audience=None).verify(signed(CLAIMS))


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Cache-Control": "public, max-age=3600, must-revalidate"}, 3600),
        ({"cache-control": "max-age=60"}, 60),
        ({"Cache-Control": "public, max-age=3600", "Age": "600"}, 3000),
    ],
)
def test_certificates_are_kept_while_they_are_fresh(headers: dict[str, str], seconds: int) -> None:
    address, clock = Address(Answer(headers=headers)), SetClock()
    certificates = certificates_at(address, clock)

    certificates.read()
    clock.moment = NOON + timedelta(seconds=seconds - 1)
    certificates.read()
    assert address.count == 1

    clock.moment = NOON + timedelta(seconds=seconds)
    address.answer = Answer({"k2": "another"})
    assert certificates.read() == {"k2": "another"}


@pytest.mark.parametrize("headers", [{}, {"Cache-Control": "no-cache"}, {"Cache-Control": "max-age=0"}])
def test_certificates_that_may_not_be_kept_are_asked_for_every_time(headers: dict[str, str]) -> None:
    address = Address(Answer(headers=headers))
    certificates = certificates_at(address)

    certificates.read()
    certificates.read()

    assert address.count == 2


@pytest.mark.parametrize(
    "answer",
    [
        Answer(status=500),
        Answer(status=404),
        Answer(certificates=["k1"]),
        Answer(certificates={"keys": [{"kid": "k1"}]}),
        exceptions.TransportError("no route"),
    ],
)
def test_certificates_that_cannot_be_had_are_nobodys_fault_and_not_kept(answer: Answer | Exception) -> None:
    address = Address(answer)
    certificates = certificates_at(address)

    with pytest.raises(TransientError, match="Could not read the certificates of ID tokens"):
        GoogleTokens(certificates, audience=AUDIENCE).verify(signed(CLAIMS))

    address.answer = Answer()
    assert list(certificates.read()) == ["k1"]
