"""What a source of files shows to be let in: the tenant's secrets, by name."""

from typing import Annotated

from pydantic import BeforeValidator, ValidationError, model_validator

from shared.domain.model import Model
from shared.domain.reference import SecretReference


def _require_reference(value: object) -> object:
    try:
        return SecretReference.model_validate(value)
    except ValidationError:
        # What stands there may be the secret itself, so it is not shown.
        raise ValueError("must be {secret: name}; the secret itself belongs into secrets/") from None


_Secret = Annotated[SecretReference, BeforeValidator(_require_reference)]

_WORDS_BY_SCHEME: dict[str, tuple[frozenset[str], ...]] = {
    "s3": (
        frozenset({"access_key_id", "secret_access_key"}),
        frozenset({"access_key_id", "secret_access_key", "session_token"}),
    ),
    "az": (frozenset({"sas_token"}), frozenset({"account_key"})),
    "https": (frozenset({"bearer_token"}), frozenset({"username", "password"})),
}


class Credentials(Model):
    """Of one kind: keys of S3, a token or key of Azure, a token or password of a web server."""

    access_key_id: _Secret | None = None
    secret_access_key: _Secret | None = None
    session_token: _Secret | None = None
    sas_token: _Secret | None = None
    account_key: _Secret | None = None
    bearer_token: _Secret | None = None
    username: _Secret | None = None
    password: _Secret | None = None

    @model_validator(mode="before")
    @classmethod
    def _mapping(cls, value: object) -> object:
        if not isinstance(value, dict | Credentials):
            raise ValueError(f"must hold {_kinds(*_WORDS_BY_SCHEME)}, each as {{secret: name}}")
        return value

    @model_validator(mode="after")
    def _something(self) -> "Credentials":
        if not self.words:
            raise ValueError(f"must hold {_kinds(*_WORDS_BY_SCHEME)}")
        return self

    @property
    def words(self) -> frozenset[str]:
        """Those that are said."""
        return frozenset(word for word in type(self).model_fields if getattr(self, word) is not None)

    @property
    def secrets(self) -> frozenset[str]:
        """The names of the secrets."""
        return frozenset(getattr(self, word).secret for word in self.words)

    def require_kind(self, scheme: str) -> None:
        """Raise ValueError unless these are credentials of that place."""
        if self.words not in _WORDS_BY_SCHEME.get(scheme, ()):
            raise ValueError(f"must hold {_kinds(scheme)} for {scheme}://")


def _kinds(*schemes: str) -> str:
    kinds = [kind for scheme in schemes for kind in _WORDS_BY_SCHEME[scheme]]
    return ", or ".join(" and ".join(f"'{word}'" for word in sorted(kind)) for kind in kinds)
