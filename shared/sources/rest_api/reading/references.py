"""Pages that each say where the next one is, by a cursor or a link."""

from typing import Any

from dlt.sources.helpers.rest_client.paginators import (
    BasePaginator,
    BaseReferencePaginator,
    HeaderCursorPaginator,
    HeaderLinkPaginator,
    JSONLinkPaginator,
    JSONResponseCursorPaginator,
)
from jsonpath_ng import JSONPath
from pydantic import JsonValue

from shared.domain.errors import StepError
from shared.domain.message import listed, nearest
from shared.sources.rest_api.reading.flags import flag
from shared.sources.rest_api.reading.json_selection import found, keys_beside
from shared.sources.rest_api.reading.session import Answer

_OTHER_RELATIONS = frozenset({"first", "last", "prev", "previous", "self"})
_LEADING = ("continu", "cursor", "next", "page", "token")
"""What the name of a header that leads on may hold."""


class References:
    """A paginator by reference, with what its pages have said so far."""

    def __init__(self, paginator: BaseReferencePaginator, *, selector: JSONPath, optional: bool) -> None:
        self._paginator = paginator
        self._selector = selector
        self._optional = optional
        self._given: set[str | int | float] = set()
        self._is_known = False

    def follow(self, answer: Answer, rows: list[Any]) -> bool:
        """Whether there is another page. Raises StepError for a way in circles, or one that nothing shows."""
        path = getattr(self._paginator, "has_more_path", None)
        is_stopped = getattr(self._paginator, "stop_after_empty_page", False) and not rows
        has_more = path is not None and not is_stopped and flag(path, answer)
        if path is not None and is_stopped and found(path, answer.document) == [True]:
            raise answer.asked.fault(
                f"is empty, and says by '{path}' that there are more; if that is right, write "
                "'stop_after_empty_page: false' to the paginator"
            )
        is_over = is_stopped or (path is not None and not has_more)
        said = self._said(answer)
        # An API that says that the list is over need not say where it goes on.
        self._is_known = self._is_known or bool(said) or (path is not None and is_over)
        goes_on = not is_over and self._leads_on(said[0] if said else None, answer, rows)
        if has_more and not goes_on:
            raise answer.asked.fault(f"says by '{path}' that there are more, and has no '{self._word}'")
        if not goes_on:
            self._require_known(answer, rows)
        return goes_on

    def is_judged_by_signs(self, rows: list[Any]) -> bool:
        """Whether other signs of more pages count where the list has ended."""
        is_stopped = getattr(self._paginator, "stop_after_empty_page", False) and not rows
        return getattr(self._paginator, "has_more_path", None) is None and not is_stopped

    @property
    def _word(self) -> str:
        match self._paginator:
            case JSONResponseCursorPaginator():
                return str(self._paginator.cursor_path)
            case JSONLinkPaginator():
                return str(self._paginator.next_url_path)
            case HeaderLinkPaginator():
                return str(self._paginator.links_next_key)
            case HeaderCursorPaginator():
                return str(self._paginator.cursor_key)
        raise StepError("a paginator of this kind is not known")

    def _said(self, answer: Answer) -> list[JsonValue]:
        match self._paginator:
            case JSONResponseCursorPaginator():
                return found(self._paginator.cursor_path, answer.document)
            case JSONLinkPaginator():
                return found(self._paginator.next_url_path, answer.document)
            case HeaderLinkPaginator():
                link = answer.links.get(self._word)
                return [link.get("url")] if link else []
            case _:
                header = answer.headers.get(self._word)
                return [] if header is None else [header]

    def _leads_on(self, reference: JsonValue, answer: Answer, rows: list[Any]) -> bool:
        if not reference:
            return False
        kinds = (str, int, float) if isinstance(self._paginator, JSONResponseCursorPaginator) else (str,)
        if type(reference) not in kinds:
            raise answer.asked.fault(
                f"has '{self._word}', which is neither text nor a number; name what in it leads to the next page"
            )
        if reference in self._given:
            raise answer.asked.fault(
                f"has the same '{self._word}' as a page before it, so the list never ends{asked_by(self._paginator)}"
            )
        self._given.add(reference)  # type: ignore[arg-type] # of these kinds it is, see above
        self._paginator.update_state(answer, rows)
        return self._paginator.has_next_page

    def _require_known(self, answer: Answer, rows: list[Any]) -> None:
        is_empty = answer.asked.page == 1 and not rows
        others = self._other_leads(answer)
        if self._is_known or self._optional or is_empty or not others:
            return
        dotted = f"; write it in quotes: '\"{self._word}\"'" if self._word in others else ""
        meant = nearest(self._word.rpartition(".")[2], others)
        raise answer.asked.fault(
            f"is the last, and no page had '{self._word}', the way to the next one; it has "
            f"{listed([answer.asked.quote(other) for other in others])}{dotted}. "
            + (f"Did you mean '{meant}'? " if meant and not dotted else "")
            + "Where the API leaves it out if one page has all, write 'optional: true' to the paginator"
        )

    def _other_leads(self, answer: Answer) -> list[str]:
        """What in the answer may lead on besides what was looked for."""
        keys = keys_beside(self._selector, answer.document)
        match self._paginator:
            case HeaderLinkPaginator():
                return [*keys, *(rel for rel in answer.links if rel not in _OTHER_RELATIONS)]
            case HeaderCursorPaginator():
                return [*keys, *(name for name in answer.headers if _may_lead(name))]
            case _:
                return keys


def asked_by(paginator: BasePaginator) -> str:
    """The end of a sentence: whether the API knows the parameter that the paginator sets."""
    words = ("cursor_param", "cursor_body_path", "param_name", "param_body_path")
    name = next((value for word in words if (value := getattr(paginator, word, None))), None)
    return f"; does the API know the parameter '{name}'?" if name else ""


def _may_lead(header: str) -> bool:
    return any(word in header.lower() for word in _LEADING)
