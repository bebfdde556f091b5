"""What a tag's EPC binary string stands for, and that nothing else is taken for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.ids import gtin_check_digit
from labels.epc_binary import expand
from labels.errors import LabelError
from tests.labels.test_compression import ALPHABET, CHARSET

PREFIX_BITS = {12: 40, 11: 37, 10: 34, 9: 30, 8: 27, 7: 24, 6: 20}
HEADERS = {"sgtin-96": (0x30, 44), "sgtin-198": (0x36, 44), "sscc-96": (0x31, 58)}


def bits_of(scheme: str, prefix: str, reference: str, rest: str) -> str:
    header, shared = HEADERS[scheme]
    wide = PREFIX_BITS[len(prefix)]
    return (
        f"{header:08b}011{12 - len(prefix):03b}{int(prefix):0{wide}b}"
        f"{int(reference):0{shared - wide}b}{rest}"
    )


def hexadecimal(bits: str) -> str:
    padded = bits + "0" * (-len(bits) % 4)
    return "eh" + "".join(f"{int(padded[at : at + 4], 2):x}" for at in range(0, len(padded), 4))


def base64url(bits: str) -> str:
    padded = bits + "0" * (-len(bits) % 6)
    sixes = (padded[at : at + 6] for at in range(0, len(padded), 6))
    return "ex" + "".join(ALPHABET[int(six, 2)] for six in sixes)


@pytest.mark.parametrize("code", ["eh30164596f40c0e5cbe991a83", "exMBZFlvQMDly-mRqD"])
def test_both_examples_of_the_standard_are_expanded(code: str) -> None:
    found = expand(code, "linkType=gs1:pip")
    assert found is not None
    assert found.uri == "/01/09528765123457/21/123456789123"
    assert found.others == (("linkType", "gs1:pip"),)


@given(
    prefix=st.text("0123456789", min_size=6, max_size=12), number=st.integers(0, 10**13),
    serial=st.integers(0, 2**38 - 1), letters=st.text(CHARSET, min_size=1, max_size=20),
    written=st.sampled_from([hexadecimal, base64url]),
)  # fmt: skip
def test_whatever_a_tag_says_is_expanded(
    prefix: str, number: int, serial: int, letters: str, written: object
) -> None:
    assert callable(written)
    if letters in {".", ".."}:
        return
    short, long = (f"{number:017d}"[-(size - len(prefix)) :] for size in (13, 17))
    gtin = short[0] + prefix + short[1:]
    gtin += gtin_check_digit(gtin)
    sscc = long[0] + prefix + long[1:]
    sscc += gtin_check_digit(sscc)
    seven = "".join(f"{ord(letter):07b}" for letter in letters).ljust(140, "0")
    for bits, key, said in (
        (bits_of("sgtin-96", prefix, short, f"{serial:038b}"), ("01", gtin), str(serial)),
        (bits_of("sgtin-198", prefix, short, seven), ("01", gtin), letters),
        (bits_of("sscc-96", prefix, long, "0" * 24), ("00", sscc), None),
    ):
        found = expand(written(bits))
        assert found is not None
        assert (found.key, found.qualifier("21")) == (key, said)


@pytest.mark.parametrize(
    "code",
    [
        "eh", "ex", "eh30", "eh3", "ehzz", "EH30164596f40c0e5cbe991a83", "eh" + "f" * 24,
        "eh301" + "c" * 21,  # partition 7
        "eh30164596f40c0e5cbe991a830001",  # something after the end
        "eh" + "3016" + "f" * 20,  # a prefix of more than seven digits
        "eh36164596f40c0e5cbe991a83",  # cut off
        "eh31164596f40c0e5cbe991a83",  # what must be nothing is not
        "eh36" + "0" * 48,  # an empty serial
        "CxFKk4XBoI1XgkY", "example-page", "extra_long_word",
    ],
)  # fmt: skip
def test_what_is_no_such_string_is_left_to_others(code: str) -> None:
    assert expand(code) is None


@given(st.text("0123456789abcdef", max_size=60))
def test_no_string_makes_it_fail(digits: str) -> None:
    try:
        found = expand("eh" + digits)
    except LabelError:
        return
    assert found is None or found.uri.startswith(("/01/", "/00/"))
