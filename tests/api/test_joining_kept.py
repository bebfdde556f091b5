"""What is kept of who asked to join: nothing by halves, and nothing of whom nobody took in."""

from collections.abc import Iterator
from typing import Any

import pytest

from api.demo.parties import CHEN_XIULAN, CHENWU
from api.joining import invitations
from ledger.vault import PersonCard
from tests.api.pages_parts import County, demo_county
from tests.api.signing_in import sign_in


@pytest.fixture(scope="module")
def county(database_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    with demo_county(database_server, tmp_path_factory.mktemp("kept"), "kept") as served:
        sign_in(served.client, CHENWU, served.keyring.party_key(CHENWU))
        yield served


def in_the_vault(county: County, party: str) -> bool:
    """Tell whether the vault has a card."""
    with county.services.connection() as conn:
        return party in county.services.vault.names(conn, [party])


def days_pass(county: County) -> None:
    """Let every invitation have been over for two days."""
    with county.services.connection() as conn:
        conn.execute("UPDATE joining.invitation SET expires = expires - interval '5 days'")


def invited(county: County, **wanted: str) -> Any:  # noqa: ANN401
    """Invite somebody; give the answer."""
    answer = county.client.post("/api/joining", json=wanted)
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_the_cards_of_the_never_admitted_are_erased_and_of_members_kept(county: County) -> None:
    taken_in = county.client.post("/api/coop/members", json={"name": "陈秀兰"}).json()["party"]
    asked = invited(county)
    with county.services.connection() as conn:
        invitations.ask(conn, asked["code"], "did:key:z6Mk", "445381111")
        for party in (asked["party"], CHEN_XIULAN.party):
            county.services.vault.put(conn, party, PersonCard("陈秀兰"))
    invited(county, party=CHEN_XIULAN.party)
    invited(county)
    assert in_the_vault(county, taken_in)
    assert in_the_vault(county, asked["party"])
    days_pass(county)
    invited(county)
    assert not in_the_vault(county, taken_in)
    assert not in_the_vault(county, asked["party"])
    assert in_the_vault(county, CHEN_XIULAN.party)
