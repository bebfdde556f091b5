"""`suyuan erase`: a person's name and phone, gone for good; the ledger stands."""

import argparse

from api.cli.command import Arguments, Command, add_json, party
from api.cli.console import Console
from api.cli.failures import Exit, Refused
from api.cli.workplace import connected, keyring_of
from api.settings import Settings


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("party", type=party, metavar="PARTY")
    add_json(parser)


def _run(arguments: Arguments, settings: Settings, console: Console) -> int:
    vault = keyring_of(settings).vault()
    with connected(settings) as conn:
        erased = vault.erase(conn, arguments.party)
    if not erased:
        raise Refused(
            "no-person",
            f"保险箱里没有 {arguments.party} 的姓名：编号写错了，或者已经删了。",
            f"The vault has no name of {arguments.party}: wrong number, or erased already.",
        )
    console.show(f"{arguments.party}  已删除 erased")
    console.tell(
        "备份里还有，恢复备份以后要再删一次。Backups still have it: repeat this after a restore."
    )
    console.answer({"party": arguments.party, "erased": True})
    return Exit.DONE


COMMAND = Command(
    summary="erase a person",
    description="""\
删掉一个人的姓名和电话（个人信息保护法第四十七条）：连同他的数据密钥一起销毁，找不
回来。台账里本来就没有这些，照样验得过；页面上只剩编号。

Erases a person's name and phone (个人信息保护法, Art. 47), with the data key
they were kept under. The ledger never had them, and still verifies.""",
    examples="  suyuan erase P445381-000107",
    add_arguments=_add_arguments,
    run=_run,
)
