"""The CBV's words by their short names, however a document spells them."""

import re
from typing import Final

_SPELLING: Final = re.compile(
    r"""(?x)
    (?: https?://(?:ref|ns)\.gs1\.org/cbv/ | cbv: )
    (?: BizStep | Disp | BTT | SDT | ER ) - (?P<web>[A-Za-z0-9_-]+)
    | urn:epcglobal:cbv: (?: bizstep | disp | btt | sdt | er ) : (?P<urn>[A-Za-z0-9_-]+)
    """
)


def short_name(term: str) -> str:
    """Give a term's short name, such as `shipping`; a term of another vocabulary as it is.

    The same for `shipping`, `https://ref.gs1.org/cbv/BizStep-shipping`, the short form that the
    EPCIS context defines for it, `cbv:BizStep-shipping`, and `urn:epcglobal:cbv:bizstep:shipping`.

    Source: CBV 2.0 §7 (standard vocabularies: URN and web URI structure), EPCIS 2.0 §8.1.4.
    """
    match = _SPELLING.fullmatch(term)
    if match is None:
        return term
    return match["web"] or match["urn"]
