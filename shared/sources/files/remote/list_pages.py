"""A list that an object store gives page by page."""

from collections.abc import Callable, Iterator

from shared.domain.errors import StepError
from shared.sources.files.remote.xml_answer import XmlAnswer

_LONGEST_LIST_PAGES = 100_000


def list_pages(
    page_from: Callable[[str], XmlAnswer], *, mark_after: Callable[[XmlAnswer], str | None], listed: str
) -> Iterator[XmlAnswer]:
    """The pages, the first from the mark `""`, each other one from what `mark_after` gives; None after the last.

    Raises StepError for a list that comes to no end: a mark is missing, or is the same again.
    """
    mark = ""
    for _ in range(_LONGEST_LIST_PAGES):
        page = page_from(mark)
        yield page
        after = mark_after(page)
        if after is None:
            return
        if after in ("", mark):
            break
        mark = after
    raise StepError(f"{listed} can't be listed: the server's list has no end")
