"""What an object store says in XML: of each item in a list, and of the whole answer."""

from dataclasses import dataclass, field
from urllib.parse import unquote
from xml.parsers import expat  # no elements are made, and entities end it


@dataclass
class XmlAnswer:
    """Texts by the name of the element that holds them: `said` outside of items, and in each of the `items`."""

    said: dict[str, str] = field(default_factory=dict)
    items: list[dict[str, str]] = field(default_factory=list)


def parse_xml_answer(body: bytes, *, item: str = "") -> XmlAnswer:
    """The answer whose items are elements of that name. Raises ValueError for what is no such XML."""
    answer = XmlAnswer()
    path: list[str] = []
    texts: list[str] = []
    encoded = False

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal encoded
        path.append(name)
        texts.clear()
        # Azure's word for a name that XML can't hold as it is.
        encoded = attributes.get("Encoded") == "true"
        if name == item:
            answer.items.append({})

    def end(name: str) -> None:
        path.pop()
        known = answer.items[-1] if item in path else answer.said
        text = "".join(texts)
        known.setdefault(name, unquote(text) if encoded else text)
        texts.clear()

    def refuse(*_: object) -> None:
        raise ValueError("declares entities, which no object store does")

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = texts.append
    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(body, True)
    except expat.ExpatError as error:
        raise ValueError("is no XML") from error
    return answer
