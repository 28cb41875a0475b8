"""Pages that are asked for by a number: of the page, or of the first row."""

from typing import Any

from dlt.sources.helpers.rest_client.paginators import OffsetPaginator, RangePaginator
from jsonpath_ng import JSONPath

from shared.adapters.rest.flags import flag, total
from shared.adapters.rest.json_selection import found, names
from shared.adapters.rest.session import Answer


class Ranges:
    """A paginator by number, with what its pages have held so far."""

    def __init__(self, paginator: RangePaginator, *, selector: JSONPath) -> None:
        self._paginator = paginator
        # Only then are the selected values what the API counts.
        self._counts_rows = isinstance(paginator, OffsetPaginator) and names(selector) is not None
        self._limit = paginator.value_step
        self._limit_word = getattr(paginator, "limit_param", None) or getattr(
            paginator, "limit_body_path", None
        )
        self._short: str | None = None

    def follow(self, answer: Answer, rows: list[Any]) -> bool:
        """Whether there is another page. Raises StepError where rows were left out, or would be there twice."""
        paginator = self._paginator
        if paginator.stop_after_empty_page and not rows:
            self._require_no_more(answer)
            return False
        if paginator.total_path is not None:
            total(paginator.total_path, answer)
        if paginator.has_more_path is not None:
            flag(paginator.has_more_path, answer)
        paginator.update_state(answer, rows)
        if self._counts_rows:
            self._require_full(answer, len(rows))
        return paginator.has_next_page

    def is_judged_by_signs(self, rows: list[Any]) -> bool:
        """Whether other signs of more pages count where the list has ended."""
        paginator = self._paginator
        return bool(rows) and paginator.maximum_value is None and paginator.has_more_path is None

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
            self._short = f"the page before it had {count:,} of {self._limit:,}"

    def _require_no_more(self, answer: Answer) -> None:
        """An empty page ends the list; the API must not say otherwise."""
        paginator = self._paginator
        if paginator.has_more_path is not None and found(paginator.has_more_path, answer.document) == [True]:
            raise answer.asked.fault(
                f"is empty, and says by '{paginator.has_more_path}' that there are more; if that is right, write "
                "'stop_after_empty_page: false' to the paginator"
            )
        if paginator.total_path is None:
            return
        said = found(paginator.total_path, answer.document)
        in_all = said[0] if said and type(said[0]) is int else 0
        if isinstance(paginator, OffsetPaginator) and in_all > paginator.current_value:
            raise answer.asked.fault(
                f"is empty, after {paginator.current_value:,} of the {in_all:,} that '{paginator.total_path}' says"
            )
        if answer.asked.page == 1 and in_all > 0:
            raise answer.asked.fault(
                f"is empty, and '{paginator.total_path}' says {in_all:,}; does the API count its pages from another "
                "number ('base_page')?"
            )
