"""The files in a zip archive."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import PurePosixPath
from typing import cast
from zipfile import BadZipFile, ZipFile, ZipInfo

from shared.adapters.files.problems import named_twice, reading, shown_name, unreadable
from shared.domain.errors import StepError

_ENCRYPTED = 0x1
"""A flag of a member (APPNOTE.TXT, section 4.4.4)."""
_LEFT_OUT = "__MACOSX/"
"""Where a Mac keeps what only a Mac wants to know."""
_OF_OFFICE = "[Content_Types].xml"
"""In every document of an office program (ECMA-376, part 2), which is a zip archive too."""


def zip_members(plain: BufferedReader, name: str) -> Iterator[tuple[str, BufferedReader]]:
    """Each file and what it is called in messages, in the order of their names; dot files are left out.

    Raises StepError for an archive without files, with a file twice or with one that is encrypted.
    """
    with opened_archive(plain, name) as archive:
        members = [member for member in archive.infolist() if _counts(member)]
        _require_members(members, name)
        for member in sorted(members, key=lambda member: member.filename):
            shown = f"{name}/{shown_name(member.filename)}"
            with opened_member(archive, member, shown) as stream:
                yield shown, stream


@contextmanager
def opened_member(archive: ZipFile, member: ZipInfo, shown: str) -> Iterator[BufferedReader]:
    """One file of it, `shown` in messages. Raises StepError for one that is encrypted or packed in another way."""
    if member.flag_bits & _ENCRYPTED:
        raise StepError(f"{shown} is encrypted, which is not read")
    try:
        with reading(shown):
            stream = archive.open(member)
    except (NotImplementedError, RuntimeError) as error:
        raise StepError(
            f"{shown} is packed in a way that is not read; use the way that every zip program knows"
        ) from error
    with stream:
        yield cast(BufferedReader, stream)


def opened_archive(plain: BufferedReader, name: str) -> ZipFile:
    """The archive, whose list of members is read. Raises StepError."""
    try:
        return ZipFile(plain)
    # The archive's list of its members is damaged in one of many ways.
    except (BadZipFile, NotImplementedError, ValueError, OverflowError, EOFError) as error:
        raise unreadable(name, "it is damaged or cut off") from error


def holds_document(plain: BufferedReader, name: str) -> bool:
    """Whether the archive is itself a document of an office program."""
    with opened_archive(plain, name) as archive:
        return _OF_OFFICE in archive.namelist()


def _counts(member: ZipInfo) -> bool:
    parts = member.filename.split("/")
    return not (
        member.is_dir()
        or member.filename.startswith(_LEFT_OUT)
        or any(each.startswith(".") and each != "." for each in parts)
    )


def _require_members(members: list[ZipInfo], name: str) -> None:
    names = [member.filename for member in members]
    if not names:
        raise StepError(f"{name} holds no file")
    if _OF_OFFICE in names:
        raise StepError(
            f"{name} is a document of an office program; a workbook of Excel is read with format: xlsx"
        )
    twice = named_twice(str(PurePosixPath(each)) for each in names)
    if twice is not None:
        raise StepError(f"{name} holds '{shown_name(twice)}' twice")
