"""Names of text encodings, as Python knows them (docs.python.org/3/library/codecs.html, "Standard Encodings")."""

from encodings import normalize_encoding
from encodings.aliases import aliases

from shared.domain.message import nearest

_OF_BYTES = frozenset({"base64_codec", "bz2_codec", "hex_codec", "quopri_codec", "uu_codec", "zlib_codec"})
_OF_NO_FILE = frozenset(
    {"idna", "mbcs", "oem", "punycode", "raw_unicode_escape", "rot_13", "unicode_escape", "utf_7"}
)
_CODECS = frozenset(aliases.values()) - _OF_BYTES - _OF_NO_FILE | {"utf_8_sig"}
_NAMES = _CODECS | {alias for alias, codec in aliases.items() if codec in _CODECS and alias.islower()}


def require_encoding(name: str) -> str:
    """The name, where it is one of a text encoding; raises ValueError with the nearest one otherwise."""
    normal = normalize_encoding(name).lower().replace(".", "_")
    if normal in _NAMES:
        return name
    near = nearest(normal, sorted(each for each in _NAMES if not each.isdigit()))
    meant = f"; did you mean {near.replace('_', '-')}?" if near else ""
    raise ValueError(f"must be a text encoding such as utf-8, latin-1, cp1252 or utf-16{meant}")
