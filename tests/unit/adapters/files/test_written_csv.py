"""Rows of CSV that are written several at once, against the same rows taken one by one."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.adapters.files import csv_rows
from shared.adapters.files.contents import Contents, contents_of
from shared.adapters.files.problems import reading
from shared.adapters.files.written_rows import Row
from shared.domain.errors import StepError
from tests.unit.adapters.files.written import Written, told

_PIECES = st.sampled_from(
    ["a", "b", ",", ";", '"', '""', "\n", "\r\n", "\r", "\n\n", "\0", "\t", "é", "€", "\u2028", "NULL", "NA",
     " ", "1e400", "\\", ":", "{}", "\ufeff", "🙂", '"x\ny"', "1,2,3\n", '4,"5\r\n",6\r\n', "x,,NA\n"]
)  # fmt: skip
_SOUND_ROWS = st.integers(0, 40).map(lambda number: "".join(f'{n},"t{n}","u\n"\n' for n in range(number)))
_CSV = st.tuples(
    st.sampled_from(
        ["a,b,c\n", "\n \na,b,c\r\n", "a;b;c\n", '"a",b,"c:"\n', "a\n", "", "a,a\n", "a,b,d\0\n"]
    ),
    _SOUND_ROWS,
    st.lists(_PIECES, max_size=12).map("".join),
    _SOUND_ROWS,
).map("".join)
_ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp1252", "latin-1")


@given(
    text=_CSV,
    encoding=st.sampled_from(_ENCODINGS),
    said=st.sampled_from(["utf-8", "utf-16-le", "cp1252", "utf-8"]),
    delimiter=st.sampled_from(",;\t:"),
    null_values=st.sampled_from([("",), (), ("", "NULL", "NA"), (":", "}", ","), ("t1",)]),
    tail=st.sampled_from([b"", b"\xff\n", b"\n\xc3"]),
)
def test_rows_of_csv_are_what_they_are_one_by_one(
    folder: Path,
    text: str,
    encoding: str,
    said: str,
    delimiter: str,
    null_values: tuple[str, ...],
    tail: bytes,
) -> None:
    body = text.encode(encoding, "replace") + tail
    file = Written(folder, body, "csv", encoding=said, delimiter=delimiter, null_values=list(null_values))

    assert file.require_same() == told(one_by_one(file))


def one_by_one(file: Written) -> Iterator[Row]:
    """Each row with the number of the line before it, as the reader counts them."""
    with closing(file.found()) as found:
        [only] = found
        with only.opened() as binary, closing(contents_of(only, binary)) as parts:
            [contents] = parts
            yield from _rows(contents, file)


def _rows(contents: Contents, file: Written) -> Iterator[Row]:
    name, source = contents.name, file.source
    with reading(name), csv_rows._table(contents, source) as table:
        header = csv_rows._header(table.reader, name)
        table.lines_before = table.reader.line_num
        for cells in table.reader:
            if cells and len(cells) != len(header):
                told = csv_rows._wrong_count(cells, header)
                raise StepError(f"{name}: line {table.lines_before + 1} {told}")
            if cells:
                yield {
                    key: None if cell in source.null_values else cell
                    for key, cell in zip(header, cells, strict=True)
                }
            table.lines_before = table.reader.line_num


@pytest.mark.parametrize("before", [0, 15, 16, 40])
@pytest.mark.parametrize(
    ("broken", "problem"),
    [
        ('1,2\n', "line {} has 2 values, the header has 3"),
        ('1,"2"x,3\n', ("line {} has a quoted value that goes on after its quote; "
         "a quote within quotes is written twice")),
        ('1,2,"3\n', "the row that begins on line {} has a quote that is never closed"),
    ],
    ids=["short", "quote", "open"],
)  # fmt: skip
def test_an_error_names_the_line_of_the_file(tmp_path: Path, before: int, broken: str, problem: str) -> None:
    file = Written(tmp_path, ("a,b,c\n" + '1,"2\r\n",3\n\n' * before + broken).encode(), "csv")

    rows, error = file.require_same()

    assert len(rows) == before
    assert error == f"some.csv: {problem.format(3 * before + 2)}"
