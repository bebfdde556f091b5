"""The stage: each step is told, recorded over HTTP, and its receipt verified on the spot."""

from datetime import datetime
from typing import Final, NamedTuple

from api.authoring.new_event import signed
from api.cli.console import Console, Paint
from api.cli.failures import Refused
from api.cli.story import http
from api.keyring import Keyring
from domain.events.catalogue import AnyEvent, type_of
from domain.events.governance import LedgerOpened
from ledger import receipt
from ledger.keys import Ed25519Key, P256Key
from ledger.receipt import Receipt, verify_receipt

_CREATED: Final = 201
_INDENT: Final = " " * 4


class Told(NamedTuple):
    """A step in both languages."""

    zh: str
    en: str


class Step(NamedTuple):
    """A step that was recorded at a position."""

    position: int
    event: AnyEvent
    told: Told


class Stage:
    """Tells a story on a ledger that some server serves."""

    def __init__(self, base: str, opened: LedgerOpened, keyring: Keyring, console: Console) -> None:
        """Play over the server at `base`, with the keys of a keyring."""
        self.base: Final = base
        self.opened: Final = opened
        self.steps: Final[list[Step]] = []
        self._keyring = keyring
        self._console = console

    @property
    def head(self) -> int:
        """The position of the last step."""
        return self.steps[-1].position if self.steps else 0

    def chapter(self, number: str, zh: str, en: str) -> None:
        """Begin a chapter."""
        self._console.show()
        self._console.show(
            f"{self._console.paint(f'{number}、{zh}', Paint.BOLD)}"
            f"  {self._console.paint(en, Paint.DIM)}"
        )

    def key(self, party: str) -> Ed25519Key | P256Key:
        """Give a party's key.

        Raises:
            KeyFileError: where it is not on this machine.
        """
        return self._keyring.party_key(party)

    def envelope(self, event: AnyEvent) -> bytes:
        """Sign an event as its actor."""
        return signed(event, self.key(event.actor))

    def record(self, event: AnyEvent, told: Told) -> Step:
        """Sign an event, hand it in over HTTP, and verify the receipt.

        Raises:
            Refused: where it is refused, or the receipt proves nothing.
        """
        raw = self.envelope(event)
        answer = http.post(f"{self.base}/api/events", raw)
        if answer.status != _CREATED:
            raise _refused_by_server(answer)
        return self.admitted(event, raw, receipt.from_json(answer.body), told)

    def admitted(self, event: AnyEvent, raw: bytes, given: Receipt, told: Told) -> Step:
        """Verify the receipt of an event that was handed in, and tell the step.

        Raises:
            ReceiptRefuted: where the receipt proves nothing.
        """
        verify_receipt(given, raw, self.opened.log_key)
        step = Step(given.position, event, told)
        self.steps.append(step)
        self._tell(step, given)
        return step

    def refusal(self, event: AnyEvent, code: str, told: Told) -> None:
        """Hand in an event that must be refused.

        Raises:
            Refused: where it is admitted, or refused for another reason.
        """
        answer = http.post(f"{self.base}/api/events", self.envelope(event))
        problem = answer.json()
        self.check(
            problem.get("code") == code,
            Told(f"应当被拒（{code}），答复却是 {answer.status}", f"{code} was to refuse it"),
        )
        self._line(event.occurred_at, self._console.paint(told.zh, Paint.YELLOW))
        self._beneath(told.en)
        self._beneath(f"✗ {problem['code']}：{problem['message']['zh']}", Paint.YELLOW)
        self._beneath(f"  {problem['message']['en']}")

    def check(self, holds: object, told: Told) -> None:
        """Hold the story to the truth.

        Raises:
            Refused: where something does not hold.
        """
        if not holds:
            raise Refused("demo", f"演示没有走通：{told.zh}。", f"The demo failed: {told.en}.")

    def good(self, zh: str, en: str, *details: str) -> None:
        """Say that something was checked and holds."""
        tick = self._console.paint("✓", Paint.GREEN)
        self._console.show(f"{_INDENT}{tick} {zh}")
        self._beneath(en)
        for detail in details:
            self._beneath(detail)

    def _tell(self, step: Step, given: Receipt) -> None:
        self._line(step.event.occurred_at, step.told.zh)
        self._beneath(step.told.en)
        tick = self._console.paint("✓", Paint.GREEN)
        position = self._console.paint(f"第 {step.position} 条", Paint.CYAN)
        self._console.show(
            f"{_INDENT}  {position} {tick} 回执已验：{len(given.proof)} 步到根，共"
            f" {given.tree_size} 片叶  {self._console.paint(type_of(step.event), Paint.DIM)}"
        )

    def _line(self, at: datetime, text: str) -> None:
        clock = self._console.paint(f"{at:%m-%d %H:%M}", Paint.DIM)
        self._console.show(f"{_INDENT}{clock}  {text}")

    def _beneath(self, text: str, *paints: Paint) -> None:
        self._console.show(f"{_INDENT}  {self._console.paint(text, *(paints or (Paint.DIM,)))}")


def _refused_by_server(answer: http.Answer) -> Refused:
    problem = answer.json()
    message = problem.get("message", {})
    detail = str(problem.get("detail", answer.status))
    return Refused(
        str(problem.get("code", answer.status)), message.get("zh", detail), message.get("en", "")
    )
