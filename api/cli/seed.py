"""Seeding the demo county as a command does it: with its progress shown."""

from api.cli.console import Console
from api.cli.failures import Refused
from api.demo.seeding import SeasonRefused, seed_if_empty
from api.keyring import Keyring
from api.settings import Settings


def seed(url: str, settings: Settings, keyring: Keyring, console: Console) -> None:
    """Write the season where the ledger is empty, or what is missing of it.

    Raises:
        Refused: where an event of the season is refused.
    """
    with console.progress("正在写入罗定的一季 writing a season of Luoding") as progress:
        try:
            seed_if_empty(url, settings, keyring, progress)
        except SeasonRefused as error:
            refusal = error.refusal
            raise Refused(
                refusal.code.value, f"演示数据没有写成（{error.event_id}）：{refusal.zh}",
                f"The demo season could not be written: {refusal.en}",
            ) from error  # fmt: skip
