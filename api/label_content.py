"""What stands on a batch's label, taken from its passport: nothing is typed in twice."""

from domain.events.papers import Basis, Commitment
from domain.measures import Unit, show
from domain.townships import name as township_name
from labels.content import CertificateWords, LabelContent
from labels.link import digital_link
from ledger.log import Connection
from ledger.vault import Vault
from projections.passport import Certified, Origin, Passport, Who, document

_UNNAMED = "农户（未公开姓名）"


def label_content(
    conn: Connection,
    vault: Vault,
    public_url: str,
    batch: str,
    known: Passport | None = None,
) -> LabelContent | None:
    """Give the content of a batch's label; None where there is no such batch of ours.

    A person's name comes from the vault, and only with consent. `known` is the batch's passport,
    where it has been read already.
    """
    passport = known or document(conn, batch)
    if passport is None or passport.gtin is None or passport.lot is None:
        return None
    product = passport.product
    return LabelContent(
        product=(product.zh if product else None) or passport.gtin,
        lot=passport.lot,
        gtin=passport.gtin,
        url=digital_link(public_url, passport.gtin, passport.lot),
        origin=_origin(passport.origins),
        producer=_producer(conn, vault, passport),
        date=_date(passport),
        date_label="采收日期" if _is_harvest(passport) else "生产日期",
        quantity=_content(passport),
    )


def certificate_words(
    conn: Connection,
    vault: Vault,
    certificate: Certified,
    contact: str | None,
    issuer: str | None,
) -> CertificateWords:
    """Give what a certificate's label says.

    An organisation is named by the ledger. A person who has not consented to be shown names
    himself, as `issuer`, or the label is refused for want of a name.
    """
    name = shown_name(conn, vault, certificate.issuer)
    return CertificateWords(
        quantity=show(certificate.quantity, Unit(certificate.unit)),
        issued=f"{certificate.issued_at:%Y-%m-%d}",
        issuer=name if name != _UNNAMED else (issuer or ""), contact=contact or "",
        basis=tuple(map(Basis, certificate.basis)),
        commitments=tuple(map(Commitment, certificate.commitments)),
    )  # fmt: skip


def _origin(origins: tuple[Origin, ...]) -> str:
    places = [o.plot.township for o in origins if o.plot and o.plot.township]
    names = list(dict.fromkeys(township_name(code) for code in places))
    if not names:
        return "见溯源档案"
    return names[0] if len(names) == 1 else f"{names[0]}等 {len(names)} 地"


def _producer(conn: Connection, vault: Vault, passport: Passport) -> str:
    made = passport.made
    if made is None:
        return "见溯源档案"
    return shown_name(conn, vault, made.actor)


def shown_name(conn: Connection, vault: Vault, who: Who) -> str:
    """Give the name by which the public may know a party."""
    if who.name:
        return who.name
    card = vault.names(conn, [who.id]).get(who.id)
    return card.name if card and card.consent else _UNNAMED


def _is_harvest(passport: Passport) -> bool:
    return passport.made is not None and passport.made.kind == "harvested"


def _date(passport: Passport) -> str:
    if passport.made is None:
        return "见溯源档案"
    return f"{passport.made.occurred_at:%Y-%m-%d}"


def _content(passport: Passport) -> str | None:
    product = passport.product
    if product is None or product.content_quantity is None or product.content_unit is None:
        return None
    return show(product.content_quantity, Unit(product.content_unit))
