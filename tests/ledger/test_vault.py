"""The vault: opened by its master key only, erased for good, no row passed off as another's."""

import stat
from pathlib import Path

import pytest

from ledger.errors import KeyFileError
from ledger.vault import PersonCard, ReadableVault, Sealed, Vault, load_or_make_master_key
from tests.ledger.conftest import LedgerUnderTest

CARD = PersonCard("陈秀兰", "10000000001", consent=True)


def test_a_card_comes_back_and_only_for_whom_it_was_put_in(ledger: LedgerUnderTest) -> None:
    vault = Vault(b"k" * 32)
    with ledger.connect() as conn:
        vault.put(conn, "P445381-000101", CARD)
        vault.put(conn, "P445381-000102", PersonCard("李四"))
        vault.put(conn, "P445381-000102", PersonCard("李四", consent=True))
        found = vault.names(conn, ["P445381-000101", "P445381-000102", "P445381-000103"])
    assert found == {
        "P445381-000101": CARD,
        "P445381-000102": PersonCard("李四", consent=True),
    }


def test_the_name_is_nowhere_in_the_database(ledger: LedgerUnderTest) -> None:
    with ledger.connect() as conn:
        Vault(b"k" * 32).put(conn, "P445381-000101", CARD)
        row = conn.execute("SELECT wrapped_key, sealed FROM vault.person").fetchone()
    assert row
    assert all("陈秀兰".encode() not in bytes(column) for column in row)  # type: ignore[call-overload]


def test_another_master_key_opens_nothing(ledger: LedgerUnderTest) -> None:
    with ledger.connect() as conn:
        Vault(b"k" * 32).put(conn, "P445381-000101", CARD)
        with pytest.raises(Sealed, match="P445381-000101"):
            Vault(b"x" * 32).names(conn, ["P445381-000101"])


def test_a_readable_vault_gives_what_it_can_open_and_tells_once_of_the_rest(
    ledger: LedgerUnderTest, caplog: pytest.LogCaptureFixture
) -> None:
    readable = ReadableVault(b"k" * 32)
    with ledger.connect() as conn:
        Vault(b"x" * 32).put(conn, "P445381-000101", CARD)
        readable.put(conn, "P445381-000102", CARD)
        for _ in range(2):
            cards = readable.names(conn, ["P445381-000101", "P445381-000102"])
            assert cards == {"P445381-000102": CARD}
    assert len(caplog.records) == 1


def test_a_row_under_another_partys_id_does_not_open(ledger: LedgerUnderTest) -> None:
    with ledger.connect() as conn:
        Vault(b"k" * 32).put(conn, "P445381-000101", CARD)
        conn.execute("UPDATE vault.person SET party = 'P445381-000999'")
        with pytest.raises(Sealed):
            Vault(b"k" * 32).names(conn, ["P445381-000999"])


def test_an_erased_person_is_gone(ledger: LedgerUnderTest) -> None:
    vault = Vault(b"k" * 32)
    with ledger.connect() as conn:
        vault.put(conn, "P445381-000101", CARD)
        assert vault.erase(conn, "P445381-000101")
        assert not vault.erase(conn, "P445381-000101")
        assert vault.names(conn, ["P445381-000101"]) == {}


def test_the_master_key_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "vault.key"
    key = load_or_make_master_key(path)
    assert load_or_make_master_key(path) == key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_master_key_of_another_length_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "vault.key"
    path.write_bytes(b"short")
    with pytest.raises(KeyFileError, match="32 bytes"):
        load_or_make_master_key(path)
