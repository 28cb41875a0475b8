"""The pages of a list, watched: each is another than the one before, and the last one is the last.

Imported where a source is read, because dlt takes a second or two to import.
"""

from hashlib import blake2b
from typing import Any, cast
from urllib.parse import SplitResult, urlsplit

import requests
from dlt.sources.helpers.rest_client.paginators import BasePaginator, BaseReferencePaginator, RangePaginator

from shared.domain.errors import StepError
from shared.sources.rest_api.checks.words import FIRST_ONLY, OPTIONAL
from shared.sources.rest_api.reading.json_selection import json_path
from shared.sources.rest_api.reading.more import count_of_more, sign_of_more
from shared.sources.rest_api.reading.ranges import Ranges
from shared.sources.rest_api.reading.references import References, asked_by
from shared.sources.rest_api.reading.selected import require_selected
from shared.sources.rest_api.reading.session import UNPROMISED, Answer

_USUAL_PORTS = {"http": 80, "https": 443}


class PageLimit:
    """Counts the pages of one reading, over all its lists."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._count = 0

    def __deepcopy__(self, _: object) -> "PageLimit":
        return self

    def take(self, answer: Answer, *, goes_on: bool) -> None:
        """Count the page. Raises StepError if it is one too many, or if there will be one."""
        self._count += 1
        if self._count + goes_on > self._most:
            place = "is not the last" if goes_on else "is one too many"
            raise answer.asked.fault(
                f"{place}, 'max_pages' of the source is {self._most:,}; raise it if there are so many"
            )


class WatchedPaginator(BasePaginator):
    """Pages as `paginator` does. dlt copies it for each list of a resource that depends on another."""

    def __init__(
        self,
        paginator: BasePaginator,
        *,
        data_selector: str,
        trusts_end: bool,
        counts_pages: bool,
        limit: PageLimit,
    ) -> None:
        """`trusts_end` says that the list ends where dlt takes it to end, whatever else the answers say.

        `counts_pages` says that the total is one of pages.
        """
        super().__init__()
        self._paginator = paginator
        self._selector = json_path(data_selector)
        self._limit = limit
        self._rows_before = b""
        self._trusts_end = trusts_end
        self._way: Ranges | References | None = None
        if isinstance(paginator, RangePaginator):
            self._way = Ranges(paginator, selector=self._selector, counts_pages=counts_pages)
        elif isinstance(paginator, BaseReferencePaginator):
            self._way = References(paginator, selector=self._selector, optional=trusts_end)

    def init_request(self, request: requests.Request) -> None:
        self._paginator.init_request(request)

    def update_request(self, request: requests.Request) -> None:
        if self.has_next_page:
            before = request.url
            try:
                self._paginator.update_request(request)
                request.url = _at_same_host(request.url, before)
                if isinstance(self._way, Ranges):
                    setattr(request, UNPROMISED, not self._way.promises_more)
            except ValueError:
                host = urlsplit(before or "").hostname
                raise StepError(f"{host}: the next page is said to be at what is no address") from None

    def update_state(self, response: requests.Response, data: list[Any] | None = None) -> None:
        """Decide whether the list goes on. Raises StepError if rows would be missing, or there twice."""
        answer, rows = cast(Answer, response), data or []
        goes_on = False
        if answer.is_empty:
            # It has no rows, and nothing that leads on.
            if isinstance(self._way, Ranges):
                self._way.require_no_more(answer)
        else:
            require_selected(self._selector, answer)
            goes_on = self._way is not None and self._way.follow(answer, rows)
            self._require_others(answer, rows, goes_on=goes_on)
            if not goes_on and self._is_judged_by_signs(rows):
                self._require_no_sign_of_more(answer, rows)
        self._limit.take(answer, goes_on=goes_on)
        self._has_next_page = goes_on

    def _is_judged_by_signs(self, rows: list[Any]) -> bool:
        return not self._trusts_end and (self._way is None or self._way.is_judged_by_signs(rows))

    def _require_no_sign_of_more(self, answer: Answer, rows: list[Any]) -> None:
        sign = sign_of_more(self._selector, answer)
        if sign is None and self._way is None:
            sign = count_of_more(self._selector, answer, row_count=len(rows))
        if sign is None:
            return
        match self._way:
            case Ranges():
                advice = "is 'total_path' right? With 'total_path: null' an empty page ends the list"
            case References():
                advice = (
                    f"is the path of its paginator right? '{OPTIONAL}: true' takes this page for the last"
                )
            case None:
                advice = (
                    f"choose the paginator that reads them, or '{FIRST_ONLY}: true' for the first page alone"
                )
        raise answer.asked.fault(
            f"is the last to its paginator, and says by '{sign}' that more follow; {advice}"
        )

    def _require_others(self, answer: Answer, rows: list[Any], *, goes_on: bool) -> None:
        if not rows:
            return
        digest = blake2b(repr(rows).encode("utf-8", "backslashreplace")).digest()
        # Two last pages by cursor may happen to be equal; by number the API may not know the parameter.
        if digest == self._rows_before and (goes_on or isinstance(self._way, Ranges)):
            raise answer.asked.fault(f"has the same rows as the page before it{asked_by(self._paginator)}")
        self._rows_before = digest


def _at_same_host(address: str | None, before: str | None) -> str | None:
    """The next page's address. Raises StepError for another host: it would be sent the secrets of this one."""
    now, then = urlsplit(address or ""), urlsplit(before or "")
    is_same_port = now.port == then.port or (_has_usual_port(now) and _has_usual_port(then))
    if now.hostname != then.hostname or not is_same_port:
        there = now.hostname if now.hostname != then.hostname or now.port is None else f"port {now.port}"
        raise StepError(f"{then.hostname}: the next page is said to be at {there}, another host")
    if (now.scheme, then.scheme) == ("http", "https"):
        # APIs behind a proxy often say so; what was encrypted stays so.
        return now._replace(scheme="https", netloc=then.netloc).geturl()
    return address


def _has_usual_port(address: SplitResult) -> bool:
    return address.port in (None, _USUAL_PORTS.get(address.scheme))
