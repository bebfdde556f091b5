"""A batch's passport as a UNTP digital product passport, a verifiable credential.

Source: the United Nations Transparency Protocol, Digital Product Passport (working draft of the
vocabulary that `CONTEXT` names). It is the ledger's server that signs, not the producer: whoever
wants the producers' own signatures takes the batch's bundle, which the credential links to. Nobody
who is a person is named: a credential stays in the hands of whoever took it.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from labels.link import escape
from ledger.data_integrity import secured
from ledger.keys import Ed25519Key
from projections.directory import Product as Registered
from projections.passport import Certified, Mark, Origin, Passport, Step, Where, Who

MEDIA_TYPE: Final = "application/vc"
CONTEXT: Final = (
    "https://www.w3.org/ns/credentials/v2",
    "https://test.uncefact.org/vocabulary/untp/dpp/working/",
)
_COUNTRY: Final = "CN"
_UNNAMED: Final = "A farmer (name not published)"
_COMMITMENT_RULES: Final = {
    "type": ["Regulation"],
    "name": "农产品质量安全承诺达标合格证管理办法",
    "jurisdictionCountry": _COUNTRY,
    "administeredBy": {
        "id": "http://www.moa.gov.cn/",
        "name": "Ministry of Agriculture and Rural Affairs of the People's Republic of China",
    },
}


_MARK_RULES: Final = {
    "type": ["Regulation"],
    "name": "地理标志产品保护办法",
    "jurisdictionCountry": _COUNTRY,
    "administeredBy": {
        "id": "https://www.cnipa.gov.cn/",
        "name": "China National Intellectual Property Administration",
    },
}


class Issuer:
    """Who signs: a key that the server keeps, in the name of the ledger's authority."""

    def __init__(self, key: Ed25519Key, authority: str, public_url: str) -> None:
        """Issue under this key; links lead to this address."""
        self._key = key
        self._authority = authority
        self._url = public_url

    def passport(
        self, found: Passport, products: Mapping[str, Registered]
    ) -> dict[str, Any] | None:
        """Give the signed credential of a batch of our own; None of one that is not.

        `products` are those of what it grew from. The same passport gives the same bytes.
        """
        if found.kind != "own" or found.gtin is None or found.lot is None or found.made is None:
            return None
        changed = max(step.admitted_at for step in found.timeline)
        document = {
            "type": ["DigitalProductPassport", "VerifiableCredential"],
            "@context": list(CONTEXT),
            "id": f"{self._batch(found)}/untp",
            "issuer": {
                "type": ["CredentialIssuer"],
                "id": self._key.public.did,
                "name": f"{self._authority} (signed by the ledger's server)",
            },
            "validFrom": _moment(changed),
            "credentialSubject": self._subject(found, products),
        }
        return secured(document, self._key, changed)

    def _subject(self, found: Passport, products: Mapping[str, Registered]) -> dict[str, Any]:
        steps = [step for step in found.timeline if step.kind != "captured"]
        return {
            "type": ["ProductPassport"],
            "id": self._page(found),
            "granularityLevel": "batch",
            "product": self._product(found),
            "conformityClaim": [
                *(self._inspection(step) for step in steps if step.kind == "inspected"),
                *(self._commitment(one) for one in found.certificates),
                *((self._mark(found.mark),) if found.mark else ()),
            ],
            "traceabilityInformation": list(self._processes(steps)),
            "materialsProvenance": [_material(one, products) for one in found.origins],
        }

    def _product(self, found: Passport) -> dict[str, Any]:
        product, made = found.product, found.made
        name = (product.en or product.zh) if product else None
        described: dict[str, Any] = {
            "type": ["Product"],
            "id": self._page(found),
            "name": name or found.id,
            "registeredId": found.gtin,
            "idScheme": {
                "type": ["IdentifierScheme"],
                "id": "https://id.gs1.org/01/",
                "name": "Global Trade Identification Number (GTIN)",
            },
            "batchNumber": found.lot,
            "countryOfProduction": _COUNTRY,
            "furtherInformation": [
                {"linkURL": f"{self._batch(found)}/bundle", "linkName": "Signatures and proofs"},
                {"linkURL": self._page(found), "linkName": "Passport for people"},
            ],
        }
        if product and product.zh:
            described["description"] = product.zh
        if made:
            described["producedByParty"] = _party(made.actor)
            described["productionDate"] = made.occurred_at.date().isoformat()
            if made.place:
                described["producedAtFacility"] = _facility(made.place)
        return described

    def _inspection(self, step: Step) -> dict[str, Any]:
        good = "conformant" if step.result == "conformant" else "NOT conformant"
        return {
            "type": ["Claim", "Declaration"],
            "id": self._event(step.event),
            "description": f"{good}: {step.finding}" if step.finding else good,
            "referenceStandard": {
                "type": ["Standard"],
                "name": step.standard or "",
                "issuingParty": _party(step.actor),
            },
            "assessmentDate": step.occurred_at.date().isoformat(),
            "conformityTopic": "social.safety",
            "conformityEvidence": self._evidence(step.event, "Signed inspection", step.report),
        }

    def _commitment(self, one: Certified) -> dict[str, Any]:
        return {
            "type": ["Claim", "Declaration"],
            "id": self._event(one.event),
            "description": "承诺达标合格证: " + ", ".join((*one.commitments, *one.basis)),
            "referenceRegulation": _COMMITMENT_RULES,
            "assessmentDate": one.issued_at.date().isoformat(),
            "conformityTopic": "governance.compliance",
            "conformityEvidence": self._evidence(one.event, "Signed commitment", one.report),
        }

    def _mark(self, mark: Mark) -> dict[str, Any]:
        ended = f"; taken back on {mark.revoked.at.date()}, after this" if mark.revoked else ""
        return {
            "type": ["Claim", "Declaration"],
            "id": self._event(mark.claimed_by),
            "description": f"Geographical indication: {mark.en} ({mark.zh}); authorised:"
            f" {_party(mark.party)['name']}, for {', '.join(mark.townships)}{ended}",
            "referenceRegulation": _MARK_RULES,
            "assessmentDate": mark.granted_at.date().isoformat(),
            "conformityTopic": "governance.compliance",
            "conformityEvidence": self._evidence(mark.event, "Signed authorisation", None),
        }

    def _processes(self, steps: list[Step]) -> Iterator[dict[str, Any]]:
        """Give each kind of step with its events; all are verified, else they were not admitted."""
        kinds: dict[str, list[Step]] = {}
        for step in steps:
            kinds.setdefault(step.process or step.kind, []).append(step)
        for kind, some in kinds.items():
            yield {
                "type": ["TraceabilityPerformance"],
                "valueChainProcess": kind,
                "verifiedRatio": 1,
                "traceabilityEvent": [
                    self._evidence(step.event, f"{kind} {step.occurred_at.date()}", None)
                    for step in some
                ],
            }

    def _evidence(self, event: str, name: str, digest: str | None) -> dict[str, Any]:
        link = {"type": ["SecureLink", "Link"], "linkURL": self._event(event), "linkName": name}
        return {**link, "hashDigest": digest, "hashMethod": "SHA-256"} if digest else link

    def _event(self, event: str) -> str:
        return f"{self._url}/api/events/{event}"

    def _page(self, found: Passport) -> str:
        return f"{self._url}/01/{found.gtin}/10/{escape(found.lot or '')}"

    def _batch(self, found: Passport) -> str:
        return f"{self._url}/api/batches/{found.gtin}/{escape(found.lot or '')}"


def _party(who: Who) -> dict[str, str]:
    name = _UNNAMED if who.kind == "person" else who.name or who.id
    return {"id": f"urn:suyuan:party:{who.id}", "name": name, "registeredId": who.id}


def _facility(place: Where) -> dict[str, str]:
    return {
        "id": f"urn:suyuan:place:{place.id}", "name": place.name or place.id,
        "registeredId": place.id,
    }  # fmt: skip


def _material(origin: Origin, products: Mapping[str, Registered]) -> dict[str, Any]:
    product = products.get(origin.batch[:14])
    material: dict[str, Any] = {
        "type": ["Material"],
        "name": product.name_en if product else origin.batch,
        "originCountry": _COUNTRY,
    }
    if isinstance(origin.quantity, int) and origin.unit:
        material["mass"] = {"value": origin.quantity, "unit": origin.unit}
    return material


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
