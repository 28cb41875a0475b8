"""What a source of type `files` says."""

import hashlib
import json
import re
from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from shared.domain.model import ADDED, RECORDED, GrownModel, is_recorded, unless_recorded
from shared.domain.progress import FileVersion, Progress
from shared.domain.source_column import SourceColumns
from shared.domain.source_needs import NOTHING, SourceNeeds
from shared.domain.storage_uri import SCHEME, parse_storage_uri
from shared.domain.text_encoding import require_encoding


def _require_path(path: str) -> str:
    scheme, separator, _ = path.partition("://")
    if separator and f"{scheme}://" != SCHEME:
        raise ValueError(f"must be a path, or gs://bucket/path; {scheme}:// is not read")
    if path.startswith(SCHEME) and not _names_objects(path):
        raise ValueError(
            "must name a bucket and what is in it: gs://bucket/path, and no pattern for the bucket"
        )
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
"""What file systems and Cloud Storage take ("Object names", cloud.google.com/storage/docs/objects)."""


def _require_name(path: str) -> str:
    if _NO_TEXT.search(path):
        raise ValueError("must hold no control characters")
    if path.startswith(SCHEME):
        if len(parse_storage_uri(path).path.encode()) > _LONGEST_OBJECT_BYTES:
            raise ValueError(f"must name objects by at most {_LONGEST_OBJECT_BYTES:,} bytes")
    elif any(len(part.encode()) > _LONGEST_PART_BYTES for part in path.split("/")):
        raise ValueError(f"must have at most {_LONGEST_PART_BYTES} bytes between slashes, as file systems do")
    return path


def _names_objects(path: str) -> bool:
    try:
        return parse_storage_uri(path).path != ""
    except ValueError:
        return False


def _require_delimiter(delimiter: str) -> str:
    if len(delimiter) != 1:
        raise ValueError('must be one character; a tab is written "\\t", in double quotes')
    if delimiter in '"\r\n\0':
        raise ValueError("must be no quote, no line end and not the character 0")
    return delimiter


_KNOWN_TO_A_LOAD = frozenset({"type", "description", "path", "format"})
"""What BigQuery heeds where it loads objects by itself; whatever else a source says is for a reading."""

_NOTHING_ABOUT_ROWS = {"type", "description", "path", "load"}


class FilesSource(GrownModel):
    """Files of the tenant's own folder, or of Cloud Storage.

    CSV needs a header line; files may be packed with gzip, zip or zstd.
    """

    type: Literal["files"]
    description: str | None = None
    path: Annotated[
        str,
        Field(
            min_length=1,
            description="a file or a pattern such as `exports/*.csv`; a relative path starts at the tenant's folder. "
            "`gs://bucket/pattern` names objects of Cloud Storage",
        ),
        unless_recorded(_require_path),
    ]
    format: Annotated[Literal["csv", "ndjson", "parquet"], Field(description="`csv`, `ndjson` or `parquet`")]
    delimiter: Annotated[
        str,
        Field(description='CSV only: one character; a tab is `"\\t"`, in double quotes'),
        unless_recorded(_require_delimiter),
    ] = ","
    null_values: Annotated[tuple[str, ...], Field(description="CSV only: texts that mean NULL")] = ("",)
    encoding: Annotated[
        str,
        ADDED,
        Field(
            description="CSV and NDJSON: what the text is in, as Python calls it, such as `latin-1`, `cp1252`, "
            "`utf-16`. A byte-order mark at the beginning of a file says it for that file, whatever is set here"
        ),
        unless_recorded(require_encoding),
    ] = "utf-8"

    columns: SourceColumns = {}
    load: Annotated[
        Literal["all", "new", "changed"],
        ADDED,
        Field(
            description="which of the files a run loads: `all` of them, the `new` ones, or the new ones and those that "
            "were `changed` since they were loaded, whose rows take the place of their earlier ones"
        ),
    ] = "all"

    @field_validator("delimiter", "null_values", "encoding")
    @classmethod
    def _only_of_its_format(cls, value: object, info: ValidationInfo) -> object:
        name, kind = str(info.field_name), info.data.get("format", "csv")
        has_it = kind == "csv" or (kind == "ndjson" and name == "encoding")
        if not is_recorded(info) and not has_it and value != cls.model_fields[name].default:
            raise ValueError(f"says nothing about {kind}; take it away")
        return value

    @property
    def needs(self) -> SourceNeeds:
        """Nothing else: files are read by whose they are."""
        is_told_more = any(
            getattr(self, name) != field.get_default(call_default_factory=True)
            for name, field in type(self).model_fields.items()
            if name not in _KNOWN_TO_A_LOAD
        )
        may_be_loaded = self.path.startswith(SCHEME) and self.format == "parquet" and not is_told_more
        if self.load != "all":
            return SourceNeeds(way=self._way, by_file=True)
        return SourceNeeds(may_be_loaded=True) if may_be_loaded else NOTHING

    @property
    def _way(self) -> str:
        said = self.model_dump(mode="json", context=RECORDED, exclude=_NOTHING_ABOUT_ROWS)
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]

    def due(self, found: Sequence[FileVersion], known: Progress) -> tuple[FileVersion, ...]:
        """Which of the files that were found a run loads, where these are known to be loaded."""
        loaded = {file.name: file for file in known.files}
        if self.load == "new":
            return tuple(file for file in found if file.name not in loaded)
        return tuple(
            file for file in found if file.name not in loaded or not file.is_known_as(loaded[file.name])
        )
