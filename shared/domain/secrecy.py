"""What is secret by its name or its look, and texts without it."""

import json
import re
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

HIDDEN = "(secret not shown)"

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+")
_SECRET_ENDS = (
    "apikey", "authorization", "cookie", "credential", "credentials", "jwt", "passcode", "passphrase", "passwd",
    "password", "pwd", "secret", "sig", "signature", "token",
)  # fmt: skip
_SECRET_KEYS = (
    "access", "account", "app", "application", "auth", "client", "consumer", "encryption", "functions", "license",
    "master", "private", "secret", "service", "session", "shared", "signing", "subscription", "user",
)  # fmt: skip
"""`api_key`, `X-Functions-Key`; a `key` alone may be anything."""
_PLACES = ("continuation", "cursor", "last", "next", "page", "pagination", "start", "sync")
"""`page_token` says where to go on."""

# What vendors document of their keys so that they are found where they should not be; JSON Web Tokens (RFC 7519).
_KEY = re.compile(
    r"\b(?:Bearer|Basic) +[\w.~+/=-]{8,}"
    r"|\b(?:sk|pk|rk)_(?:live|test)_\w{8,}|\bwhsec_\w{8,}|\bsk-(?=[\w-]*[0-9])[\w-]{12,}|\bAKIA[A-Z0-9]{12,}|\bAIza[\w-]{20,}|\bya29\.[\w.-]+"
    r"|\b(?:ghp|gho|ghs|ghu|ghr|glpat|github_pat)[-_]\w{8,}|\bxox[a-z]-[\w-]{8,}|\bSG\.[\w.-]{16,}"
    r"|\beyJ[\w-]{6,}\.[\w.-]+"
)
_LONG = re.compile(r"[\w-]{24,}")
_CHANGE = re.compile(r"(?<=[A-Za-z])(?=[0-9])|(?<=[0-9])(?=[A-Za-z])")
_CHANGES_OF_A_KEY = 3
"""How often random letters and digits follow each other at least; names and dates do so less."""
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.I)
_NAMED = re.compile(r"""([\w-]+)(["']?\s*[:=]\s*["']?)((?:Bearer |Basic )?[^\s"'&,;<>(){}]+)""")
_USER_IN_ADDRESS = re.compile(r"(?<=://)[^/\s@]+@")


def names_secret(name: str) -> bool:
    """Whether a key, header or parameter of that name holds a secret: `apiKey`, `X-Auth-Token`, `sig`."""
    words = [match[0].lower() for match in _WORD.finditer(name)]
    last, before = (words or [""])[-1], (words[:-1] or [""])[-1]
    if last == "key":
        return before in _SECRET_KEYS or before.endswith("api")
    if last == "auth":
        return before != ""
    return last in _SECRET_ENDS and before not in _PLACES


def looks_like_key(text: str) -> bool:
    """Whether a key in one of the forms that vendors document stands in the text."""
    return _KEY.search(text) is not None


def without_secrets(text: str, secrets: Iterable[str]) -> str:
    """The text with the secrets taken out, and with whatever looks like one, or is named like one."""
    forms = {
        form
        for secret in secrets
        for form in (secret, quote(secret, safe=""), quote_plus(secret), json.dumps(secret)[1:-1])
        if form
    }
    for form in sorted(forms, key=len, reverse=True):
        text = text.replace(form, HIDDEN)
    text = _USER_IN_ADDRESS.sub(f"{HIDDEN}@", _KEY.sub(HIDDEN, text))
    text = _NAMED.sub(lambda named: _without_named(named[1], named[2], named[3]), text)
    return _LONG.sub(lambda long: HIDDEN if _is_random(long[0]) else long[0], text)


def _is_random(word: str) -> bool:
    return len(_CHANGE.findall(word)) >= _CHANGES_OF_A_KEY and not _UUID.fullmatch(word)


def _without_named(name: str, between: str, value: str) -> str:
    return f"{name}{between}{HIDDEN if names_secret(name) else value}"
