"""Gates to the APIs of tests, which are on this machine."""

from collections.abc import Mapping
from ipaddress import ip_address
from socket import EAI_AGAIN, gaierror

from shared.adapters.egress.gate import Gate
from shared.domain.address_use import Address
from shared.domain.egress import Egress, parse_egress

LOCAL_EGRESS = parse_egress("127.0.0.0/8")
LOCAL_GATE = Gate(LOCAL_EGRESS)


class Names:
    """Addresses by name, and which names were asked for. Each answer is used once, the last for ever."""

    def __init__(self, answers_by_name: Mapping[str, list[list[str]]]) -> None:
        self._answers_by_name = {name: list(answers) for name, answers in answers_by_name.items()}
        self.asked: list[str] = []

    def resolve(self, name: str, port: int) -> tuple[Address, ...]:
        self.asked.append(name)
        answers = self._answers_by_name.get(name)
        if not answers:
            raise gaierror(EAI_AGAIN, "Temporary failure in name resolution")
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        return tuple(ip_address(text) for text in answer)


def gate_with(names: Names, egress: Egress = LOCAL_EGRESS) -> Gate:
    """A gate whose names are these."""
    return Gate(egress, resolve=names.resolve)
