"""What this resolver says of itself, at `/.well-known/gs1resolver`."""

from typing import Any, Final

from api.resolver.found import SERVED
from domain.link_types import NAMESPACE, PREFIX

CONTEXT: Final = "https://ref.gs1.org/standards/resolver/linkset-context"


def description(base: str) -> dict[str, Any]:
    """Write the resolver description file."""
    return {
        "name": "Suyuan 溯源",
        "resolverRoot": base,
        "supportedPrimaryKeys": list(SERVED),
        "supportedLinkType": [{"namespace": NAMESPACE, "prefix": PREFIX}],
        "supportedContextValuesEnumerated": [],
        "linkTypeDefaultCanBeLinkset": False,
        "jsonLdContextLocation": CONTEXT,
    }
