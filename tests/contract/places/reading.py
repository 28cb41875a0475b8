"""Sources of files in places behind HTTP, and what reading them gives."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from pydantic import JsonValue

from shared.adapters.egress.gate import Gate
from shared.adapters.files.disk_files import DiskFiles
from shared.adapters.folder_secrets import FolderSecrets
from shared.adapters.source_reader import SourceReader
from shared.domain.errors import StepError, TransientError
from shared.domain.json_lines import JsonLines
from shared.domain.parameter import ParameterValue
from shared.domain.progress import FileBegun
from shared.domain.source import FilesSource
from tests.fakes.gates import LOCAL_GATE


def reader_with(folder: Path, secrets: Mapping[str, str], *, gate: Gate = LOCAL_GATE) -> SourceReader:
    """A reader for the tenant `acme`, who has these secrets."""
    kept = folder / "acme" / "secrets"
    kept.mkdir(parents=True, exist_ok=True)
    for name, value in secrets.items():
        (kept / f"{name}.txt").write_text(f"{value}\n")
    files = DiskFiles(folder, None)
    return SourceReader(
        own_files=files, bucket_files=files, secrets=FolderSecrets(folder), gate=gate, first_pause_seconds=0
    )


def source_of(**words: Any) -> FilesSource:
    """A source of CSV, unless its words say another format."""
    return FilesSource.model_validate({"type": "files", "format": "csv", **words})


def read(
    reader: SourceReader, parameters: tuple[ParameterValue, ...] = (), **words: Any
) -> list[dict[str, JsonValue]]:
    """The rows of the source that these words make."""
    found: list[dict[str, JsonValue]] = []
    for each in reader.read(source_of(**words), tenant_id="acme", parameters=parameters):
        if isinstance(each, FileBegun):
            continue
        assert isinstance(each, dict | JsonLines)
        found.extend(each.rows() if isinstance(each, JsonLines) else [each])
    return found


def failure(reader: SourceReader, parameters: tuple[ParameterValue, ...] = (), **words: Any) -> str:
    """What is said of a source that can't be read, whatever is done."""
    with pytest.raises(StepError) as caught:
        read(reader, parameters, **words)
    return str(caught.value)


def passing(reader: SourceReader, **words: Any) -> str:
    """What is said of a source that may be readable later."""
    with pytest.raises(TransientError) as caught:
        read(reader, **words)
    return str(caught.value)
