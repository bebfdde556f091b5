"""Passkeys of offices: registered once, then a touch signs in, and no secret leaves the device.

Source: W3C Web Authentication; the checks are those of the `webauthn` package.
"""

import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

import msgspec
import webauthn
from msgspec import Struct
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from ledger.log import Connection

INVITED_FOR: Final = timedelta(hours=24)
MAX_NAME: Final = 80


class Passkey(Struct, frozen=True):
    """A passkey as it is listed; `id` is the credential's, base64url."""

    id: str
    party: str
    name: str
    made: datetime
    used: datetime | None


class Site(NamedTuple):
    """Where it is used: the origin, whose host is the relying party's id."""

    origin: str

    @property
    def host(self) -> str:
        """Give the relying party's id."""
        return urlsplit(self.origin).hostname or ""


class NotAPasskey(ValueError):
    """What the browser sent does not hold."""


def invite(conn: Connection, party: str) -> str:
    """Make an invitation for an office's first passkey; give its code, which is not kept."""
    code = secrets.token_urlsafe(18)
    conn.execute(
        "INSERT INTO signin.invitation (digest, party, expires)"
        " VALUES (%s, %s, clock_timestamp() + %s)",
        [_digest(code), party, INVITED_FOR],
    )
    return code


def invited(conn: Connection, code: str, *, use: bool = False) -> str | None:
    """Give the party that a code invites, while it holds; use it up where so said."""
    row = conn.execute(
        "UPDATE signin.invitation SET used = CASE WHEN %s THEN clock_timestamp() END"
        " WHERE digest = %s AND used IS NULL AND expires > clock_timestamp() RETURNING party",
        [use, _digest(code)],
    ).fetchone()
    return str(row[0]) if row else None


def registration(conn: Connection, party: str, name: str, site: Site, challenge: str) -> bytes:
    """Give what `navigator.credentials.create` is to be called with, as JSON."""
    options = webauthn.generate_registration_options(
        rp_id=site.host, rp_name="溯源 Suyuan", user_name=party, user_id=party.encode(),
        user_display_name=name, challenge=challenge.encode(),
        exclude_credentials=[
            PublicKeyCredentialDescriptor(base64url_to_bytes(one.id)) for one in listed(conn, party)
        ],
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
    )  # fmt: skip
    return webauthn.options_to_json(options).encode()


def register(conn: Connection, party: str, name: str, site: Site, credential: Any) -> Passkey:  # noqa: ANN401
    """Keep a passkey that a browser made for a challenge of ours.

    Raises:
        NotAPasskey: where it is none, or is registered already.
    """
    try:
        done = webauthn.verify_registration_response(
            credential=credential, expected_challenge=challenge_of(credential).encode(),
            expected_rp_id=site.host, expected_origin=site.origin, require_user_verification=True,
        )  # fmt: skip
    except (WebAuthnException, ValueError, TypeError, KeyError, AttributeError) as error:
        raise NotAPasskey(str(error)) from error
    row = conn.execute(
        "INSERT INTO signin.passkey (credential, party, name, public_key, uses)"
        " VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING RETURNING made",
        [done.credential_id, party, name, done.credential_public_key, done.sign_count],
    ).fetchone()
    if row is None:
        raise NotAPasskey("it is registered already")
    return Passkey(bytes_to_base64url(done.credential_id), party, name, row[0], None)


def request(site: Site, challenge: str) -> bytes:
    """Give what `navigator.credentials.get` is to be called with, as JSON."""
    options = webauthn.generate_authentication_options(
        rp_id=site.host, challenge=challenge.encode(),
        user_verification=UserVerificationRequirement.REQUIRED,
    )  # fmt: skip
    return webauthn.options_to_json(options).encode()


def party_of(conn: Connection, site: Site, credential: Any) -> str:  # noqa: ANN401
    """Give whose passkey answered a challenge of ours, and count its use.

    Raises:
        NotAPasskey: where none did.
    """
    wanted = id_of(credential)
    row = conn.execute(
        "SELECT party, public_key, uses FROM signin.passkey WHERE credential = %s", [wanted]
    ).fetchone()
    if row is None:
        raise NotAPasskey("unknown passkey")
    try:
        done = webauthn.verify_authentication_response(
            credential=credential, expected_challenge=challenge_of(credential).encode(),
            expected_rp_id=site.host, expected_origin=site.origin,
            credential_public_key=bytes(row[1]), credential_current_sign_count=row[2],
            require_user_verification=True,
        )  # fmt: skip
    except (WebAuthnException, ValueError, TypeError, KeyError, AttributeError) as error:
        raise NotAPasskey(str(error)) from error
    conn.execute(
        "UPDATE signin.passkey SET uses = %s, used = clock_timestamp() WHERE credential = %s",
        [done.new_sign_count, wanted],
    )
    return str(row[0])


def id_of(credential: Any) -> bytes:  # noqa: ANN401
    """Give the id of the passkey that a browser says it used.

    Raises:
        NotAPasskey: where it can't be read.
    """
    try:
        return base64url_to_bytes(credential["id"])
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise NotAPasskey("no credential") from error


def challenge_of(credential: Any) -> str:  # noqa: ANN401
    """Give the challenge that a browser says it answers; unverified.

    Raises:
        NotAPasskey: where it can't be read.
    """
    try:
        raw = base64url_to_bytes(credential["response"]["clientDataJSON"])
        return base64url_to_bytes(msgspec.json.decode(raw)["challenge"]).decode("ascii")
    except (ValueError, TypeError, KeyError, AttributeError, msgspec.DecodeError) as error:
        raise NotAPasskey("no challenge") from error


def listed(conn: Connection, party: str) -> list[Passkey]:
    """List a party's passkeys, in order of making."""
    rows = conn.execute(
        "SELECT credential, party, name, made, used FROM signin.passkey WHERE party = %s"
        " ORDER BY made",
        [party],
    ).fetchall()
    return [Passkey(bytes_to_base64url(bytes(row[0])), *row[1:]) for row in rows]


def forget(conn: Connection, party: str, credential: str) -> bool:
    """Forget a passkey; end the sessions of the party's passkeys, and the tokens made with it."""
    try:
        wanted = base64url_to_bytes(credential)
    except ValueError:
        return False
    gone = conn.execute(
        "DELETE FROM signin.passkey WHERE credential = %s AND party = %s", [wanted, party]
    ).rowcount
    if gone:
        conn.execute(
            "UPDATE signin.session SET expires = clock_timestamp()"
            " WHERE party = %s AND means = 'passkey'",
            [party],
        )
        conn.execute(
            "UPDATE signin.token SET revoked = clock_timestamp()"
            " WHERE credential = %s AND revoked IS NULL",
            [wanted],
        )
    return gone > 0


def _digest(code: str) -> bytes:
    return sha256(code.encode("utf-8", "surrogatepass")).digest()
