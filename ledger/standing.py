"""What the ledger says now of itself, a key or a party: decision models, folded from their tags."""

from typing import Any, cast

import psycopg

from domain import tags
from domain.history import fold
from domain.models.governance import Key, Ledger, Party
from domain.models.registry import Place
from domain.state import Model, Numbered
from ledger import log

Connection = psycopg.Connection[Any]


def ledger_now(conn: Connection) -> Ledger | None:
    """Give the ledger's own model; None before it is opened."""
    return cast("Ledger | None", _model(conn, tags.LEDGER))


def key_now(conn: Connection, did: str) -> Key | None:
    """Give what the ledger says of a key; None where it was never bound."""
    return cast("Key | None", _model(conn, tags.key(did)))


def party_now(conn: Connection, party: str) -> Party | None:
    """Give what the ledger says of a party; None where it was never admitted."""
    return cast("Party | None", _model(conn, tags.party(party)))


def place_now(conn: Connection, place: str) -> Place | None:
    """Give what the ledger says of a place, its treatments with it; None where it is unknown."""
    return cast("Place | None", _model(conn, tags.place(place)))


def about(conn: Connection, tag: str) -> list[Numbered]:
    """Give the events of a tag in order."""
    return log.numbered_by_tags(conn, [tag], log.head(conn))[tag]


def _model(conn: Connection, tag: str) -> Model | None:
    return fold(tag, about(conn, tag))
