"""The certificates that Google publishes at googleapis.com/oauth2/v1/certs: X.509 in PEM, by key id."""

from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.x509.oid import NameOID

from local.identity.account import Account

_LIFETIME = timedelta(days=16)


def certificates_of(account: Account) -> dict[str, str]:
    """The account's certificate, signed by itself, in force from yesterday for as long as Google's are."""
    key = serialization.load_pem_private_key(account.private_key.encode("ascii"), password=None)
    assert isinstance(key, RSAPrivateKey)  # noqa: S101 - keep_account makes no other
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "federated-signon.system.gserviceaccount.com")])
    begin = datetime.now(tz=UTC) - timedelta(days=1)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + _LIFETIME)
        .sign(key, hashes.SHA256())
    )
    return {account.key_id: certificate.public_bytes(serialization.Encoding.PEM).decode("ascii")}
