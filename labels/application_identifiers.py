"""GS1 Application Identifiers: the form of each value, and which stand in a Digital Link's path.

Our own table; a test holds it to the GS1 Barcode Syntax Dictionary. A form is written as there:
`N14` fourteen digits, `X..20` one to twenty characters of set 82, `Y` of set 39, `Z` base64url,
`[…]` may be missing; after a comma, what the digits must satisfy.

Source: GS1 General Specifications §3; GS1 Digital Link Standard: URI Syntax 1.6.
"""

import re
from collections.abc import Callable
from typing import Final

import msgspec

from labels.check_characters import SATISFIES

_FORMS: Final = {
    "N14,csum": "01 02 03",
    "N18,csum": "00 8017 8018",
    "N13,csum": "410 411 412 413 414 415 416 417",
    "N17,csum": "402",
    "N13,csum [X..17]": "253",
    "N13,csum [N..12]": "255",
    "N1,zero N13,csum [X..16]": "8003",
    "N14,csum N4,pieceoftotal": "8006 8026",
    "X..25,csumalpha": "8013",
    "X..25,csumalpha,hasnondigit": "8014",
    "N6,yymmd0": "11 12 13 15 16 17",
    "N6,yymmdd": "4326 7006",
    "N6,yymmdd [N6],yymmdd": "7007",
    "N6,yymmdd N4,hhmi": "7003",
    "N6,yymmdd [N4],hhmi": "7011",
    "N6,yymmd0 N4,hhmi": "4324 4325",
    "N6,yymmdd N2,hh [N2],mi [N2],ss": "8008",
    "N8,yyyymmdd": "7250",
    "N8,yyyymmdd N4,hhmi": "7251",
    "N2": "20",
    "N3,iso3166": "422 424 426",
    "N3,iso3166 [N3],iso3166 [N3],iso3166 [N3],iso3166 [N3],iso3166": "423 425",
    "N3,iso3166 X..9": "421",
    "N3,iso3166999 X..27": "7030-7039",
    "N3,iso4217 N..15": "3910-3919 3930-3939",
    "N4": "3940-3943 8111",
    "N6": (
        "3100-3105 3110-3115 3120-3125 3130-3135 3140-3145 3150-3155 3160-3165 3200-3205"
        " 3210-3215 3220-3225 3230-3235 3240-3245 3250-3255 3260-3265 3270-3275 3280-3285"
        " 3290-3295 3300-3305 3310-3315 3320-3325 3330-3335 3340-3345 3350-3355 3360-3365"
        " 3370-3375 3400-3405 3410-3415 3420-3425 3430-3435 3440-3445 3450-3455 3460-3465"
        " 3470-3475 3480-3485 3490-3495 3500-3505 3510-3515 3520-3525 3530-3535 3540-3545"
        " 3550-3555 3560-3565 3570-3575 3600-3605 3610-3615 3620-3625 3630-3635 3640-3645"
        " 3650-3655 3660-3665 3670-3675 3680-3685 3690-3695 3950-3955 8005"
    ),
    "N6 [X1],hyphen": "4330-4333",
    "N10,latitude N10,longitude": "4309",
    "N1,yesno": "4321-4323",
    "N1,iso5218": "7252",
    "N2,mediatype": "7241",
    "N13": "7001",
    "N15": "8040 8041",
    "N32": "8042",
    "N18 [N..2]": "8043",
    "N4,nonzero N5,nonzero N3,nonzero N1,winding N1": "8001",
    "N1 X1 X1 X1,importeridx": "7040",
    "N..4": "7004",
    "N..6": "242",
    "N..8": "30 37",
    "N..10": "8019",
    "N..12,nozeroprefix": "8011",
    "N..15": "3900-3909 3920-3929",
    "X..2": "7010",
    "X..3": "427 7008",
    "X..4,packagetype": "7041",
    "X..10": "7009 7255",
    "X..12": "7005",
    "X..20": "10 21 22 243 254 420 710-717 4318 7020-7022 7240 8002 8012",
    "X..25": "7242 8020",
    "X..28": "235",
    "X..30": "90 240 241 250 251 400 401 403 4308 4319 7002 7023 8004",
    "X..34,iban": "8007",
    "X..35,pcenc": "4300 4301 4310 4311 4320",
    "X..40,pcenc": "7253 7254 7259",
    "X..50": "8009",
    "X..70": "8200",
    "X..70,couponcode": "8110",
    "X..70,couponposoffer": "8112",
    "X..70,pcenc": "4302-4306 4312-4316 7257",
    "X..90": "91-99",
    "X..90,pcenc": "7256",
    "X2,iso3166alpha2": "4307 4317",
    "X2 X..28": "7230-7239",
    "X3,posinseqslash": "7258",
    "Y..30": "8010",
    "Z..90": "8030",
}

QUALIFIERS: Final[dict[str, tuple[tuple[str, ...], ...]]] = {
    "00": (), "01": (("22", "10", "21"), ("235",)), "253": (), "255": (), "401": (), "402": (),
    "414": (("254",), ("7040",)), "415": (("8020",),), "417": (("7040",),), "8003": (),
    "8004": (("7040",),), "8006": (("22", "10", "21"),), "8010": (("8011",),), "8013": (),
    "8017": (("8019",),), "8018": (("8019",),),
}  # fmt: skip
"""Each primary key, with the orders in which its key qualifiers may follow; any may be left out."""

REQUIRED: Final = {"415": "8020"}
"""The qualifier that a primary key can't do without."""

NO_ATTRIBUTES: Final = frozenset({
    "03", "21", "22", "235", "254", "7040", "7041", "8011", "8014", "8019", "8020", "8040", "8041",
    "8042", "8043", "8200",
})  # fmt: skip
"""AIs that may not stand in a query."""

_CHARACTERS: Final = {
    "N": "0-9",
    "X": r"!\"%&'()*+,\-./0-9:;<=>?A-Z_a-z",
    "Y": r"#\-/0-9A-Z",
    "Z": r"A-Za-z0-9_\-=",
}


class Part(msgspec.Struct, frozen=True):
    """One component of a value: which characters, how many, and what they must satisfy."""

    characters: str
    least: int
    most: int
    optional: bool
    satisfies: tuple[str, ...]


class Form(msgspec.Struct, frozen=True):
    """The form of an AI's value: its parts, and the pattern that finds them."""

    parts: tuple[Part, ...]
    pattern: re.Pattern[str]


def _part(text: str) -> Part:
    kind, *satisfies = text.split(",")
    optional, bare = kind.startswith("["), kind.strip("[]")
    most = int(bare[1:].removeprefix(".."))
    return Part(bare[0], 1 if ".." in bare else most, most, optional, tuple(satisfies))


def _form(text: str) -> Form:
    parts = tuple(_part(word) for word in text.split())
    pattern = "".join(
        f"([{_CHARACTERS[p.characters]}]{{{p.least},{p.most}}}){'?' * p.optional}" for p in parts
    )
    return Form(parts, re.compile(pattern))


def _ais(text: str) -> list[str]:
    spans = [span.partition("-") for span in text.split()]
    return [
        f"{number:0{len(first)}d}"
        for first, _, last in spans
        for number in range(int(first), int(last or first) + 1)
    ]


FORMS: Final[dict[str, Form]] = {
    ai: form for text, ais in _FORMS.items() for form in (_form(text),) for ai in _ais(ais)
}
"""The form of each AI's value."""


def fault_of(ai: str, value: str) -> tuple[str, str] | None:
    """Say in both languages what is wrong with a value; None where nothing is.

    What rests on tables of others (countries, currencies, couponing) is held to its form alone.
    """
    form = FORMS[ai]
    found = form.pattern.fullmatch(value)
    if found is None:
        words = " ".join(
            f"{p.characters}{p.least}–{p.most}" if p.least != p.most else f"{p.characters}{p.most}"
            for p in form.parts
        )
        return (f"应用标识符 {ai} 的格式应为 {words}", f"AI {ai} has the form {words}")
    for part, text in zip(form.parts, found.groups(), strict=True):
        for name in part.satisfies if text else ():
            check: Callable[[str], bool] | None = SATISFIES.get(name)
            if check and not check(text):
                return _unsatisfied(ai, name)
    return None


def _unsatisfied(ai: str, name: str) -> tuple[str, str]:
    if name in {"csum", "csumalpha"}:
        return (f"应用标识符 {ai} 的校验码不对", f"the check digit of AI {ai} is wrong")
    return (f"应用标识符 {ai} 的值不对（{name}）", f"AI {ai} has a value that can't be ({name})")
