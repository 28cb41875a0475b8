"""What a source of type `files` says."""

import re
from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import (
    Field,
    SerializationInfo,
    ValidationInfo,
    field_serializer,
    field_validator,
    model_validator,
)

from shared.domain.definition import definition_hash
from shared.domain.model import ADDED, RECORDED, GrownModel, is_recorded, unless_recorded
from shared.domain.parameter import ParameterValue
from shared.domain.path_template import parse_path_template
from shared.domain.progress import FileVersion, Progress
from shared.domain.source_column import SourceColumns
from shared.domain.source_needs import CsvFiles, SourceNeeds
from shared.domain.text_encoding import require_encoding
from shared.sources.files.addresses import AZ, GS, HTTPS, S3, scheme_of
from shared.sources.files.credentials import Credentials
from shared.sources.files.path import require_path
from shared.sources.files.settings import require_delimiter, require_keys, require_sheet

FORMATS_BY_WORD = {
    "delimiter": ("csv",),
    "null_values": ("csv", "xlsx"),
    "encoding": ("csv", "ndjson"),
    "sheet": ("xlsx",),
}

SCHEMES_BY_WORD = {
    "region": (S3,),
    "account": (AZ,),
    "endpoint": (S3, AZ),
    "credentials": (S3, AZ, HTTPS),
}

_KNOWN_TO_A_LOAD = frozenset({"type", "description", "path", "format"})
"""What BigQuery heeds where it loads objects by itself; whatever else a source says is for a reading."""

_NOTHING_ABOUT_ROWS = {"type", "description", "path", "load", "region", "credentials"}


class FilesSource(GrownModel):
    """Files of the tenant's own folder, of an object store, or of a web server.

    CSV and Excel need a header line; files may be packed with gzip, bzip2, zip or zstd.
    """

    type: Literal["files"]
    description: str | None = None
    path: Annotated[
        str,
        Field(
            min_length=1,
            description="a file or a pattern such as `exports/*.csv`; a relative path starts at the tenant's folder. "
            "`gs://bucket/pattern` names objects of Cloud Storage, `s3://bucket/pattern` of S3, "
            "`az://container/pattern` of Azure Blob Storage, and `https://host/path` one file of a web server. "
            "In it `{date_range:%Y/%m/%d}` stands for the days of a run",
        ),
        unless_recorded(require_path),
    ]
    format: Annotated[
        Literal["csv", "ndjson", "parquet", "xlsx"],
        Field(description="`csv`, `ndjson`, `parquet` or, for Excel, `xlsx`"),
    ]
    sheet: Annotated[
        str | None,
        ADDED,
        Field(
            min_length=1,
            max_length=31,
            description="Excel only: the name of the sheet; without it, the first that is not hidden is read",
        ),
        unless_recorded(require_sheet),
    ] = None
    delimiter: Annotated[
        str,
        Field(description='CSV only: one character; a tab is `"\\t"`, in double quotes'),
        unless_recorded(require_delimiter),
    ] = ","
    null_values: Annotated[tuple[str, ...], Field(description="CSV and Excel: texts that mean NULL")] = ("",)
    encoding: Annotated[
        str,
        ADDED,
        Field(
            description="CSV and NDJSON: what the text is in, as Python calls it, such as `latin-1`, `cp1252`, "
            "`utf-16`. A byte-order mark at the beginning of a file says it for that file, whatever is set here"
        ),
        unless_recorded(require_encoding),
    ] = "utf-8"

    region: Annotated[
        str | None,
        ADDED,
        Field(
            pattern=r"^[a-z]{2,}(-[a-z0-9]+)+$",
            description="S3 only: the bucket's region, such as `eu-central-1`; with `endpoint` it may be left out",
        ),
    ] = None
    account: Annotated[
        str | None,
        ADDED,
        Field(pattern=r"^[a-z0-9]{3,24}$", description="Azure only: the storage account"),
    ] = None
    endpoint: Annotated[
        str | None,
        ADDED,
        Field(
            description="S3 and Azure: the address of another server that speaks the same, such as "
            "`https://minio.example.com`"
        ),
    ] = None
    credentials: Annotated[
        Credentials | None,
        ADDED,
        Field(
            description="the tenant's secrets to show, each as `{secret: name}`: for S3 `access_key_id` and "
            "`secret_access_key` (and `session_token`), for Azure `sas_token` or `account_key`, for a web server "
            "`bearer_token`, or `username` and `password`. What is public needs none"
        ),
    ] = None
    folders: Annotated[
        tuple[str, ...],
        ADDED,
        Field(
            description="the keys of folders that become fields of each row: `[dt, provider]` for "
            "`dt=2025-05-01/provider=aws/part-0.parquet`"
        ),
        unless_recorded(require_keys),
    ] = ()
    columns: SourceColumns = {}
    load: Annotated[
        Literal["all", "new", "changed"],
        ADDED,
        Field(
            description="which of the files a run loads: `all` of them, the `new` ones, or the new ones and those that "
            "were `changed` since they were loaded, whose rows take the place of their earlier ones"
        ),
    ] = "all"

    @field_validator("path", mode="before")
    @classmethod
    def _path_of_record(cls, value: object, info: ValidationInfo) -> object:
        """Braces had no meaning in the texts that were recorded first; a path with braces is no text since."""
        if not is_recorded(info):
            return value
        if isinstance(value, dict):
            return value.get("template")
        return re.sub(r"[{}]", r"\g<0>\g<0>", value) if isinstance(value, str) else value

    @field_serializer("path")
    def _record_of_path(self, path: str, info: SerializationInfo) -> str | dict[str, str]:
        has_braces = "{" in path or "}" in path
        return {"template": path} if has_braces and is_recorded(info) else path

    @field_validator("sheet", "delimiter", "null_values", "encoding")
    @classmethod
    def _only_of_its_format(cls, value: object, info: ValidationInfo) -> object:
        name, kind = str(info.field_name), info.data.get("format", "csv")
        if (
            not is_recorded(info)
            and kind not in FORMATS_BY_WORD[name]
            and value != cls.model_fields[name].default
        ):
            raise ValueError(f"says nothing about {kind}; take it away")
        return value

    @field_validator("region", "account", "endpoint", "credentials")
    @classmethod
    def _only_of_its_place(cls, value: object, info: ValidationInfo) -> object:
        path = info.data.get("path")
        if value is None or path is None or is_recorded(info):
            return value
        scheme = scheme_of(path)
        if scheme not in SCHEMES_BY_WORD[str(info.field_name)]:
            raise ValueError(f"says nothing about {scheme or 'files on disk'}; take it away")
        if isinstance(value, Credentials):
            value.require_kind(scheme.removesuffix("://"))
        return value

    @model_validator(mode="after")
    def _where_it_is(self, info: ValidationInfo) -> "FilesSource":
        if is_recorded(info):
            return self
        if self.path.startswith(S3) and not (self.region or self.endpoint):
            raise ValueError("needs 'region', the one that the bucket is in, such as eu-central-1")
        if self.path.startswith(AZ) and not self.account:
            raise ValueError("needs 'account', the storage account that the container is in")
        return self

    @property
    def needs(self) -> SourceNeeds:
        """The secrets that it shows; files of its own and of Cloud Storage are read by whose they are."""
        is_told_more = any(
            getattr(self, name) != field.get_default(call_default_factory=True)
            for name, field in type(self).model_fields.items()
            if name not in _KNOWN_TO_A_LOAD
        )
        may_be_loaded = self.path.startswith(GS) and self.format in ("parquet", "ndjson") and not is_told_more
        secrets = self.credentials.secrets if self.credentials else frozenset()
        path = self.path if parse_path_template(self.path).placeholders else None
        is_remembered = self.load != "all"
        return SourceNeeds(
            place=self.path,
            secrets=secrets,
            way=self._way if is_remembered else None,
            names_files=True,
            by_file=is_remembered,
            may_be_loaded=may_be_loaded,
            as_lines=self.format == "ndjson",
            path=path,
            csv_files=self._csv_files,
        )

    def paths(self, parameters: tuple[ParameterValue, ...]) -> tuple[str, ...]:
        """The paths that `path` stands for in a run, each once. Raises UnfitError for values that can't stand there."""
        return parse_path_template(self.path).paths(parameters, of_address=self.path.startswith(HTTPS))

    @property
    def _csv_files(self) -> CsvFiles | None:
        # With a brace in it, it is no path but a template of some.
        if self.format != "csv" or scheme_of(self.path) or set(self.path) & set("{}"):
            return None
        more = frozenset(self.folders)
        return CsvFiles(path=self.path, delimiter=self.delimiter, encoding=self.encoding, more=more)

    @property
    def _way(self) -> str:
        said = self.model_dump(mode="json", context=RECORDED, exclude=_NOTHING_ABOUT_ROWS)
        return definition_hash(said)

    def due(self, found: Sequence[FileVersion], known: Progress) -> tuple[FileVersion, ...]:
        """Which of the files that were found a run loads, where these are known to be loaded."""
        loaded = {file.name: file for file in known.files}
        if self.load == "new":
            return tuple(file for file in found if file.name not in loaded)
        return tuple(
            file for file in found if file.name not in loaded or not file.is_known_as(loaded[file.name])
        )
