"""Who sees what: the table of every field's audience, put over the schema when it is built.

Whatever stands in no row can't be built, so that a new field is decided on and not forgotten.
"""

import inspect
from collections.abc import Callable, Iterator
from typing import Any, Final

from graphql import GraphQLField, GraphQLObjectType, GraphQLSchema, default_field_resolver

from api.audience import Audience, may
from api.graph.context import Context
from api.graph.errors import Mistaken, not_yours, sign_in_first
from api.graph.executing import unmark
from api.signin.viewer import Viewer

_P, _B, _S = Audience.PUBLIC, Audience.BUYERS, Audience.SIDES
_O, _C = Audience.OWNER, Audience.COUNTY

TABLE: Final[dict[str, dict[Audience, str]]] = {
    "Query": {
        _P: "offers demands node order offer batch checkpoint",
        Audience.SIGNED_IN: "orders me matches proposals",
        _C: "allocation",
    },
    "Mutation": {
        _P: "makeOffer changeOffer withdrawOffer postDemand withdrawDemand placeOrder confirmOrder"
        " refuseOrder cancelOrder shipOrder receiveOrder disputeOrder settleOrder issueCommitment"
        " withdrawCommitment",
    },
    "Subscription": {_P: "recalls offers", Audience.SIGNED_IN: "orders matches"},
    "Viewer": {Audience.SIGNED_IN: "party roles means scopes"},
    "Offer": {
        _P: "id eventId state quantity left least price until occurredAt position seller place"
        " product batch lot priceFrom available confirmed window ways plot",
        _B: "tiers",
    },
    "Tier": {_B: "quantity price"},
    "Window": {_P: "since until"},
    "Demand": {
        _P: "id eventId state category quantity ceiling until occurredAt position buyer deliverTo"
        " left product window certificates fetches",
    },
    "Match": {_O: "id score parts sentenceZh sentenceEn price total offer demand"},
    "MatchPart": {_O: "part value weight"},
    "Allocation": {_C: "groups proposals"},
    "SharedOut": {_C: "category currency offers demands wanted moved floor sellers"},
    "SellerShare": {_C: "seller sold entitled"},
    "Proposal": {_S: "offer demand seller buyer quantity price total score"},
    "Order": {
        _S: "id eventId state quantity price total occurredAt position changedAt halted offer buyer"
        " seller product batch deliverTo timeline confirmed way window demand",
    },
    "OrderStep": {
        _S: "state event position occurredAt admittedAt amount reason counts correctedAt actor",
    },
    "Party": {_P: "id partyId kind name roles township gln", _B: "contact"},
    "Contact": {_B: "name phone"},
    "Place": {_P: "id placeId kind name township gln"},
    "Product": {_P: "id gtin nameZh nameEn category unit shelfLifeDays name"},
    "Township": {_P: "code name"},
    "Batch": {_P: "id gtin lot product quantity origin passport trace"},
    "Passport": {_P: "timeline timelineLeftOut stock path position"},
    "PassportStep": {
        _P: "kind batch event position occurredAt admittedAt late actor place quantity process"
        " result",
    },
    "Origin": {_P: "batch plot holder township harvestedOn quantity event position"},
    "Stock": {_P: "made held onTheWay used sold disposed lost"},
    "Named": {_P: "identifier name"},
    "Trace": {_P: "root nodes edges position"},
    "TraceNode": {
        _P: "identifier gtin lot quantity party place plot event position occurredAt",
    },
    "TraceEdge": {_P: "from to quantity kind event position"},
    "TracedQuantity": {_P: "decimal unit display"},
    "Quantity": {_P: "amount unit display"},
    "Price": {_P: "amount per unit currency display"},
    "Checkpoint": {_P: "origin size rootHash note"},
    "Receipt": {
        _P: "eventId position leafHash treeSize proof checkpoint admittedAt already",
    },
    "OfferAccepted": {_P: "clientMutationId receipt signedBy offer"},
    "BatchAccepted": {_P: "clientMutationId receipt signedBy batch"},
    "DemandAccepted": {_P: "clientMutationId receipt signedBy demand"},
    "OrderAccepted": {_P: "clientMutationId receipt signedBy order"},
    "Signatory": {_P: "key custody"},
    "Refusal": {_P: "clientMutationId code messageZh messageEn cause position path"},
    "OrderNews": {_S: "cursor position step recall order"},
    "MatchNews": {_O: "cursor position match"},
    "OfferNews": {_P: "cursor position offer"},
    "RecallNews": {_P: "cursor position recall batch closed level hazard instruction outcome"},
}  # fmt: skip
"""Per type: who sees which of its fields."""

_CONNECTIONS: Final = ("PageInfo", "Connection", "Edge")
"""The ends of names of Relay's own types: they hold nothing that their nodes do not."""


def audiences() -> Iterator[tuple[str, str, Audience]]:
    """Give (type, field, audience) of each row."""
    for kind, rows in TABLE.items():
        for audience, names in rows.items():
            yield from ((kind, name, audience) for name in names.split())


def guard(schema: GraphQLSchema) -> None:
    """Put the table over a schema: each field that is not public asks who looks.

    Raises:
        LookupError: where a field stands in no row, or a row names no field.
    """
    table = {(kind, name): audience for kind, name, audience in audiences()}
    for name, kind in schema.type_map.items():
        if not isinstance(kind, GraphQLObjectType) or name.startswith("__"):
            continue
        if name.endswith(_CONNECTIONS) and name not in TABLE:
            continue
        for field_name, field in kind.fields.items():
            audience = table.pop((name, field_name), None)
            if audience is None:
                raise LookupError(
                    f"api.graph.access.TABLE says nobody who sees {name}.{field_name}"
                )
            if audience is not Audience.PUBLIC:
                _guard(field, audience)
    if table:
        raise LookupError(f"api.graph.access.TABLE has rows of nothing: {sorted(table)}")


def _guard(field: GraphQLField, audience: Audience) -> None:
    """Ask before a field is worked out; before a subscription begins, which asks again itself."""
    unmark(field)
    if field.subscribe is not None:
        field.subscribe = _asking(field.subscribe, audience)
    else:
        field.resolve = _asking(field.resolve or default_field_resolver, audience)


def _asking(resolve: Callable[..., Any], audience: Audience) -> Callable[..., Any]:
    async def first(source: object, info: Any, **arguments: object) -> Any:  # noqa: ANN401
        await info.context.viewer()
        found = asking(source, info, **arguments)
        return await found if inspect.isawaitable(found) else found

    def asking(source: object, info: Any, **arguments: object) -> Any:  # noqa: ANN401
        context: Context = info.context
        if not context.looked:
            return first(source, info, **arguments)
        check(context, audience, source)
        return resolve(source, info, **arguments)

    return asking


def check(context: Context, audience: Audience, thing: object = None) -> None:
    """Let through who is of an audience; the context has looked who that is.

    Raises:
        Mistaken: where nobody is signed in, or somebody else is.
    """
    viewer = context.known
    if may(viewer, audience, getattr(thing, "concerns", ())):
        return
    if audience is Audience.SIDES and getattr(thing, "public_id", None) in context.shown:
        return
    raise denied(viewer)


def denied(viewer: Viewer | None) -> Mistaken:
    """Say why nothing is shown: nobody is signed in, another is, or the scope is too narrow."""
    if viewer is None:
        return sign_in_first()
    return not_yours() if "read" in viewer.scopes else scope_missing("read")


def scope_missing(scope: str) -> Mistaken:
    """Say that a token was not made for this."""
    return Mistaken(
        "scope-missing", f"令牌没有 {scope} 权限，请另做一个。",
        f"The token lacks the scope {scope}; make another.",
    )  # fmt: skip
