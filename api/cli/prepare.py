"""`suyuan prepare`: makes the tables that a database lacks, and ends."""

import argparse

from api.cli.command import Arguments, Command, add_json
from api.cli.console import Console
from api.cli.failures import Exit
from api.cli.workplace import database
from api.settings import Settings


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_json(parser)


def _run(_arguments: Arguments, settings: Settings, console: Console) -> int:
    with database(settings):
        console.show("要用的表都在 all tables are there")
    console.answer({"ok": True})
    return Exit.DONE


COMMAND = Command(
    summary="make missing tables",
    description="""\
把数据库里缺的表建好就结束，不写记录。数据库分了两个角色时，新版本先用建表的角色跑
一次，再跑 docker/roles.sql，然后用 suyuan_app 开服务。

Makes the tables that the database lacks, and ends; records nothing. Where the
database has two roles, run it with a new version as the one that owns the
tables, then docker/roles.sql, then serve as suyuan_app.""",
    examples="  DATABASE_URL=postgresql://suyuan_owner:…@db/suyuan suyuan prepare",
    add_arguments=_add_arguments,
    run=_run,
)
