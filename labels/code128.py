"""GS1-128 bar codes: Code 128 in character set C, for numbers of even length.

Source: ISO/IEC 15417 (patterns, check character) and GS1 General Specifications §5.4 (FNC1 first,
ten modules of quiet zone on each side).
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

QUIET_ZONE_MODULES: Final = 10
_START_C: Final = 105
_FNC1: Final = 102
_MODULUS: Final = 103

# ISO/IEC 15417 Table 1: widths of bar, space, bar, space, bar, space, by value, one after another.
_WIDTHS: Final = (
    "212222222122222221121223121322131222122213122312132212221213221312231212112232122132"
    "122231113222123122123221223211221132221231213212223112312131311222321122321221312212"
    "322112322211212123212321232121111323131123131321112313132113132311211313231113231311"
    "112133112331132131113123113321133121313121211331231131213113213311213131311123311321"
    "331121312113312311332111314111221411431111111224111422121124121421141122141221112214"
    "112412122114122411142112142211241211221114413111241112134111111242121142121241114212"
    "124112124211411212421112421211212141214121412121111143111341131141114113114311411113"
    "411311113141114131311141411131211412211214211232"
)
_STOP: Final = "2331112"


def sscc_bars(sscc: str) -> NDArray[np.bool_]:
    """The modules of AI 00 with an SSCC, dark is true, without quiet zones: 156 of them.

    Args:
        sscc: eighteen digits.
    """
    digits = f"00{sscc}"
    values = [_START_C, _FNC1, *(int(digits[i : i + 2]) for i in range(0, len(digits), 2))]
    check = (values[0] + sum(place * value for place, value in enumerate(values))) % _MODULUS
    patterns = [*(_WIDTHS[6 * value : 6 * value + 6] for value in (*values, check)), _STOP]
    modules = [
        index % 2 == 0
        for pattern in patterns
        for index, width in enumerate(pattern)
        for _ in range(int(width))
    ]
    return np.array(modules, dtype=np.bool_)
