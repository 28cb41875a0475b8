"""Pages that are asked for by a number: of the page, or of the first row."""

from typing import Any

from dlt.sources.helpers.rest_client.paginators import OffsetPaginator, RangePaginator
from jsonpath_ng import Child, JSONPath, Slice
from pydantic import JsonValue

from shared.domain.errors import TransientError
from shared.sources.rest_api.reading.flags import flag, said_total, total
from shared.sources.rest_api.reading.json_selection import found, list_length, names
from shared.sources.rest_api.reading.session import Answer


class Ranges:
    """A paginator by number, with what its pages have held and said so far."""

    def __init__(self, paginator: RangePaginator, *, selector: JSONPath, counts_pages: bool) -> None:
        """`counts_pages` says that the total is one of pages; otherwise that of a page number may be one of rows."""
        self._paginator = paginator
        self._selector = selector
        self._counts_pages = counts_pages
        # Only then are the selected values what the API counts, one by one.
        self._counts_rows = isinstance(paginator, OffsetPaginator) and _selects_items(selector)
        self._limit = paginator.value_step
        self._limit_word = getattr(paginator, "limit_param", None) or getattr(
            paginator, "limit_body_path", None
        )
        self._short: str | None = None
        self._row_count = 0
        self._page_count = 0
        self._said: int | None = None
        self._most_said = 0

    def follow(self, answer: Answer, rows: list[Any]) -> bool:
        """Whether there is another page. Raises StepError where rows were left out, or would be there twice.

        Raises TransientError where the list became shorter while it was read.
        """
        paginator = self._paginator
        self._count(answer, rows)
        if paginator.stop_after_empty_page and not rows:
            self.require_no_more(answer)
            return False
        if paginator.total_path is not None:
            total(paginator.total_path, answer)
        if paginator.has_more_path is not None:
            flag(paginator.has_more_path, answer)
        paginator.update_state(answer, rows)
        if self._counts_rows:
            self._require_full(answer, len(rows))
        if not paginator.has_next_page:
            self._require_all(answer, len(rows))
        return paginator.has_next_page

    @property
    def promises_more(self) -> bool:
        """Whether a page has said that another follows, other than by having rows."""
        paginator = self._paginator
        return paginator.has_more_path is not None or (self._lacks() and not self._is_at_maximum())

    def is_judged_by_signs(self, rows: list[Any]) -> bool:
        """Whether other signs of more pages count where the list has ended."""
        paginator = self._paginator
        return bool(rows) and paginator.maximum_value is None and paginator.has_more_path is None

    def require_no_more(self, answer: Answer) -> None:
        """A page without rows ends the list; no page must have said otherwise."""
        paginator = self._paginator
        if paginator.has_more_path is not None and found(paginator.has_more_path, answer.document) == [True]:
            raise answer.asked.fault(
                f"is empty, and says by '{paginator.has_more_path}' that there are more; if that is right, write "
                "'stop_after_empty_page: false' to the paginator"
            )
        if answer.asked.page == 1 and self._most_said > 0 and not isinstance(paginator, OffsetPaginator):
            raise answer.asked.fault(
                f"is empty, and '{paginator.total_path}' says {self._most_said:,}; does the API count its pages from "
                "another number ('base_page')?"
            )
        self._require_steady(answer)
        if not self._lacks():
            return
        if isinstance(paginator, OffsetPaginator):
            raise answer.asked.fault(
                f"is empty, after {self._rows_to_here:,} of the {self._most_said:,} that '{paginator.total_path}' says"
            )
        raise answer.asked.fault(
            f"is empty, though '{paginator.total_path}' says {self._most_said:,} pages; if it counts rows, "
            "write 'total_path: null'"
        )

    @property
    def _rows_to_here(self) -> int:
        return self._paginator.initial_value + self._row_count

    def _count(self, answer: Answer, rows: list[Any]) -> None:
        # Of a list in which rows are nested, or of which some are selected, the API counts the items.
        self._row_count += max(len(rows), list_length(self._selector, answer.document) or 0)
        self._page_count += 1
        if self._paginator.total_path is not None:
            said = said_total(self._paginator.total_path, answer)
            self._said = self._said if said is None else said
            self._most_said = max(self._most_said, said or 0)

    def _lacks(self) -> bool:
        """Whether less was read than some page has said there is."""
        if isinstance(self._paginator, OffsetPaginator):
            return self._rows_to_here < self._most_said
        read = self._page_count if self._counts_pages else max(self._page_count, self._row_count)
        return read < self._most_said

    def _is_at_maximum(self) -> bool:
        paginator = self._paginator
        return paginator.maximum_value is not None and paginator.current_value >= paginator.maximum_value

    def _require_all(self, answer: Answer, count: int) -> None:
        """The list has ended with a page that need not be empty."""
        if self._is_at_maximum():
            return
        self._require_steady(answer)
        has_more = self._paginator.has_more_path
        if has_more is not None and flag(has_more, answer):
            raise answer.asked.fault(
                f"is the last by '{self._paginator.total_path}', and says by '{has_more}' that there are more; "
                "if that is right, write 'total_path: null'"
            )
        self._require_sound_total(answer, count)
        if not self._lacks():
            return
        if isinstance(self._paginator, OffsetPaginator):
            raise answer.asked.fault(
                f"is the last, and the list has {self._rows_to_here:,} of the {self._most_said:,} rows that "
                f"'{self._paginator.total_path}' says; set 'limit' to what the API gives at most"
            )
        raise answer.asked.fault(
            f"is the last, and the list has {self._page_count:,} of the {self._most_said:,} pages that "
            f"'{self._paginator.total_path}' says; is 'base_page' the number of the first page?"
        )

    def _require_sound_total(self, answer: Answer, count: int) -> None:
        """A total that is less than what was read is no end: more may follow."""
        is_full = self._counts_rows and count == self._limit and self._paginator.has_more_path is None
        is_more = is_full and self._rows_to_here > self._most_said
        if count and self._said is not None and (self._most_said < 1 or is_more):
            raise answer.asked.fault(
                f"has rows, and '{self._paginator.total_path}' says {self._said:,}; if that is not how much there is "
                "in all, write 'total_path: null'"
            )

    def _require_steady(self, answer: Answer) -> None:
        """Rows that are left out by numbers that moved are not left out the next time."""
        if self._said is not None and self._said < self._most_said and self._lacks():
            raise TransientError(
                f"{answer.asked.host}: '{self._paginator.total_path}' of {answer.asked.where} says {self._said:,}, "
                f"that of a page before it {self._most_said:,}: the list changed while it was read"
            )

    def _require_full(self, answer: Answer, count: int) -> None:
        if count > self._limit:
            raise answer.asked.fault(
                f"has {count:,} rows, more than the limit of {self._limit:,}, so the next one would repeat some; "
                f"does the API know the parameter '{self._limit_word}'?"
            )
        if count and self._short:
            raise answer.asked.fault(
                f"has rows, though {self._short}: those between are left out; set 'limit' to what the API gives at most"
            )
        if 0 < count < self._limit and self._paginator.has_next_page:
            self._require_uncapped(answer, count)
            self._short = f"the page before it had {count:,} of {self._limit:,}"

    def _require_uncapped(self, answer: Answer, count: int) -> None:
        """A page with fewer rows than were asked for must not say that more follow, or that it is full."""
        if self._paginator.has_more_path is not None:
            says = f"says by '{self._paginator.has_more_path}' that there are more"
        elif self._paginator.total_path is None and _echoed(self._limit_word, answer) == count:
            says = f"says by '{self._limit_word}' that these are all it gives"
        else:
            return
        raise answer.asked.fault(
            f"has {count:,} of the {self._limit:,} rows that were asked for, and {says}; "
            "set 'limit' to what the API gives at most"
        )


def _echoed(word: str | None, answer: Answer) -> JsonValue:
    """What the answer has under the name of the parameter that was sent."""
    return answer.document.get(word) if word is not None and isinstance(answer.document, dict) else None


def _selects_items(selector: JSONPath) -> bool:
    """Whether it selects a list by its name, or each of its items."""
    if isinstance(selector, Child) and isinstance(selector.right, Slice):
        each = selector.right
        return (each.start, each.end, each.step) == (None, None, None) and names(selector.left) is not None
    return names(selector) is not None
