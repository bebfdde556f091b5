"""`suyuan certify`: issues, replaces or withdraws a batch's certificate of commitment."""

import argparse
from datetime import UTC, datetime

from api.authoring.new_event import common
from api.cli.command import Arguments, Command, add_json, batch, party
from api.cli.console import Console, Paint
from api.cli.failures import Exit
from api.cli.label_run import holder_of, place_of
from api.cli.quantity import Quantity, quantity
from api.cli.reading import catch_up, unknown_batch
from api.cli.signer import Signer, choose_signer
from api.cli.workplace import database, keyring_of, record
from api.settings import Settings
from domain.events.base import MAX_REFS
from domain.events.papers import Basis, Commitment, CommitmentIssued, CommitmentWithdrawn
from domain.measures import show
from ledger.log import Connection
from ledger.schema import reaching
from ledger.sequencer import sequencing
from projections import papers
from projections.passport import document


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("batch", type=batch, metavar="GTIN/LOT", help="哪个批次 / which batch")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument(
        "--quantity", type=quantity, metavar="AMOUNT",
        help="开多少，如 120kg、240斤、30件 / how much it certifies",
    )  # fmt: skip
    what.add_argument("--withdraw", metavar="ID", help="收回哪一张 / the certificate to withdraw")
    parser.add_argument(
        "--basis", action="append", choices=[one.value for one in Basis], metavar="BASIS",
        help="承诺依据，可写几次：quality_control 质量安全控制、own_test 自行检测、"
        "commissioned_test 委托检测；不写是 quality_control / what it rests on, may be given again",
    )  # fmt: skip
    parser.add_argument(
        "--replaces", metavar="ID", help="换发哪一张 / the certificate it takes the place of"
    )
    parser.add_argument("--reason", default="", help="为什么收回 / why it is withdrawn")
    parser.add_argument(
        "--as", dest="actor", type=party, metavar="PARTY",
        help="由谁签字，密钥要在本机 / who signs it, with a key kept here",
    )  # fmt: skip
    parser.add_argument("--place", metavar="PLACE", help="在哪里开；不写就是货在的地方 / where")
    add_json(parser)


def _run(arguments: Arguments, settings: Settings, console: Console) -> int:
    keyring = keyring_of(settings)
    with database(settings) as url:
        catch_up(url, console)
        with reaching(url) as conn:
            if document(conn, arguments.batch) is None:
                raise unknown_batch(arguments.batch)
            signer = choose_signer(conn, keyring, arguments.actor)
            event = _event(conn, arguments, signer)
        with sequencing(url, keyring.log_keys()) as sequencer:
            position = record(sequencer, event, signer.key).receipt.position
    done = "已开具" if isinstance(event, CommitmentIssued) else "已收回"
    console.show(f"{console.paint(done, Paint.GREEN)}  第 {position} 条  {event.id}")
    if isinstance(event, CommitmentIssued):
        console.tell(
            f"{event.batch}  {show(event.quantity, event.unit)}  {event.actor} {signer.name}\n"
            f"打印 print: suyuan label {event.batch} --kind certificate --contact 电话"
        )
    console.answer({"event": event.id, "position": position, "signed_by": signer.party})
    return Exit.DONE


def _event(
    conn: Connection, arguments: Arguments, signer: Signer
) -> CommitmentIssued | CommitmentWithdrawn:
    wanted: str = arguments.batch
    actor = holder_of(conn, wanted, signer.party)
    place = arguments.place or place_of(conn, wanted, actor)
    now = datetime.now(UTC)
    if arguments.withdraw:
        return CommitmentWithdrawn(
            **common(actor, now, arguments.withdraw), place=place, batch=wanted,
            commitment=arguments.withdraw, reason=arguments.reason or "收回",
        )  # fmt: skip
    # What the inputs' certificates said is what this one follows from.
    causes = [one.id for one in papers.lineage(conn, wanted)][:MAX_REFS]
    stated: Quantity = arguments.quantity
    return CommitmentIssued(
        **common(actor, now, *causes), place=place, batch=wanted, quantity=stated.amount,
        unit=stated.unit,
        basis=tuple(dict.fromkeys(map(Basis, arguments.basis or [Basis.QUALITY_CONTROL.value]))),
        commitments=tuple(Commitment), replaces=arguments.replaces,
    )  # fmt: skip


COMMAND = Command(
    summary="issue a certificate of commitment",
    description="""\
给一个批次开承诺达标合格证（农业农村部令2025年第4号）：承诺未使用禁用农药、兽药
及其他化合物，使用的常规农药、兽药残留不超标。一批可以开几张，合计不能超过这批
的数量。混装、分装后的新批次要重新开，原料的合格证自动列为依据。用本机的密钥
签字；合作社可以替同意代签的社员开。

Issues a certificate of commitment for a batch: no banned substances, residues
within limits. A batch may have several, for no more than was made of it. A
batch that was blended or repacked needs a new one; those of its inputs are
named as what it follows from. Signed with a key of this machine; a
cooperative signs for members that let it.""",
    examples="""\
  suyuan certify 02044538101035/20261012-TB07-3 --quantity 120kg --basis own_test
  suyuan certify 02044538101035/20261012-TB07-3 --quantity 100kg --replaces ID
  suyuan certify 02044538101035/20261012-TB07-3 --withdraw ID --reason 数量写错""",
    add_arguments=_add_arguments,
    run=_run,
)
