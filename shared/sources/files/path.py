"""What the path of a source of files may be."""

import re

from shared.domain.path_template import parse_path_template
from shared.sources.files.addresses import HTTPS, require_address, scheme_of


def require_path(path: str) -> str:
    """The path, if it is one, whatever parameters stand in it; else ValueError."""
    template = parse_path_template(path)
    _require_pattern(template.example)
    begun = ""
    for part in template.parts:
        if isinstance(part, str):
            begun += part
        elif scheme_of(template.example) and not _PLACE.match(begun):
            raise ValueError(
                "must have no parameter before the first slash: the place is the same in every run"
            )
        elif begun.rfind("[") > begun.rfind("]") and not path.startswith(HTTPS):
            raise ValueError(
                f"has '{{{part.name}}}' in brackets, where each of its characters would stand for itself"
            )
    return path


_PLACE = re.compile(r"[a-z0-9]+://[^/]+/")


def _require_pattern(path: str) -> str:
    require_address(path)
    if path.startswith(HTTPS):
        return _require_name(path)
    if any("**" in part and part != "**" for part in path.split("/")):
        raise ValueError("must have '**' alone between slashes: it stands for any number of folders")
    literal = _LITERAL_BRACKETS.search(path)
    if literal is not None:
        raise ValueError(
            f"has '{literal[0]}', which as a pattern means '{literal[1]}' alone; "
            f"for brackets in a name write '[[]{literal[1]}]'"
        )
    return _require_name(path)


_LITERAL_BRACKETS = re.compile(r"\[([^\[\]*?!])\]")
"""Nobody needs a choice of one character, but for those that would mean something."""
_NO_TEXT = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_LONGEST_PART_BYTES = 255
_LONGEST_OBJECT_BYTES = 1_024
"""What file systems and object stores take ("Object names", cloud.google.com/storage/docs/objects)."""
_LONGEST_URL_BYTES = 4_096


def _require_name(path: str) -> str:
    if _NO_TEXT.search(path):
        raise ValueError("must hold no control characters")
    if path.startswith(HTTPS):
        if len(path.encode()) > _LONGEST_URL_BYTES:
            raise ValueError(f"must have at most {_LONGEST_URL_BYTES:,} bytes")
    elif scheme_of(path):
        if len(path.partition("://")[2].partition("/")[2].encode()) > _LONGEST_OBJECT_BYTES:
            raise ValueError(f"must name objects by at most {_LONGEST_OBJECT_BYTES:,} bytes")
    elif any(len(part.encode()) > _LONGEST_PART_BYTES for part in path.split("/")):
        raise ValueError(f"must have at most {_LONGEST_PART_BYTES} bytes between slashes, as file systems do")
    return path
