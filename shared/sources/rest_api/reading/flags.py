"""What an answer says of the whole list: how much there is, and whether there is more."""

from jsonpath_ng import JSONPath
from pydantic import JsonValue

from shared.sources.rest_api.reading.json_selection import found
from shared.sources.rest_api.reading.selected import described
from shared.sources.rest_api.reading.session import Answer

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
    _value(path, answer, advice="; if the API doesn't say it, write 'total_path: null'")
    in_all = said_total(path, answer)
    if in_all is None:
        raise answer.asked.fault(f"has '{path}', which is not a whole number")
    return in_all


def said_total(path: JSONPath, answer: Answer) -> int | None:
    """How much there is in all, if the answer says so."""
    values = found(path, answer.document)
    match values[0] if values else None:
        case bool():
            return None
        case int() as number:
            return number
        case float() as number:
            return int(number) if number.is_integer() else None
        case str() as digits:
            return int(digits) if digits.strip().isdecimal() else None
        case _:
            return None


def _value(path: JSONPath, answer: Answer, *, advice: str) -> JsonValue:
    values = found(path, answer.document)
    if not values or values[0] is None:
        raise answer.asked.fault(f"has no '{path}'; {described(answer)}{advice}")
    return values[0]
