"""Tokens in memory."""

from shared.domain.errors import UnauthorizedError


class MemoryTokens:
    """The e-mail address of the account whose token it is, by token; no other is good."""

    def __init__(self, email_by_token: dict[str, str] | None = None) -> None:
        self.email_by_token = email_by_token or {}

    def verify(self, token: str) -> str:
        if token not in self.email_by_token:
            raise UnauthorizedError("Unauthorized")
        return self.email_by_token[token]
