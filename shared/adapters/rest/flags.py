"""What an answer says of the whole list: how much there is, and whether there is more."""

from jsonpath_ng import JSONPath
from pydantic import JsonValue

from shared.adapters.rest.json_selection import found
from shared.adapters.rest.selected import described
from shared.adapters.rest.session import Answer

_WORDS: dict[str, bool] = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def flag(path: JSONPath, answer: Answer) -> bool:
    """Whether there is more; raises StepError where the answer doesn't say so."""
    value = _value(path, answer, advice="")
    said = _WORDS.get(value.lower()) if isinstance(value, str) else value
    if not isinstance(said, bool):
        raise answer.asked.fault(f"has '{path}', which is neither true nor false")
    return said


def total(path: JSONPath, answer: Answer) -> int:
    """How much there is in all; raises StepError where the answer doesn't say so."""
    value = _value(path, answer, advice="; if the API doesn't say it, write 'total_path: null'")
    try:
        return int(value)  # type: ignore[arg-type] # what can't be one is refused below
    except (TypeError, ValueError, OverflowError):
        raise answer.asked.fault(f"has '{path}', which is not a whole number") from None


def _value(path: JSONPath, answer: Answer, *, advice: str) -> JsonValue:
    values = found(path, answer.document)
    if not values or values[0] is None:
        raise answer.asked.fault(f"has no '{path}'; {described(answer)}{advice}")
    return values[0]
