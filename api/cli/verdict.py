"""What `suyuan verify` says: each step that was checked, or what is at fault and where."""

from typing import Final

from api.cli.console import Console, Paint
from api.cli.failures import Exit
from ledger.fingerprint import fingerprint
from ledger.verifier import Failed, Verified

_STEPS: Final = {
    "envelopes": "记录逐条读过，每条都是规范写法 / envelopes read, all canonical",
    "signatures": "签名逐个验过 / signatures verified",
    "leaves": "叶子逐片算过，一个位置不缺 / leaves recomputed, no gap",
    "rules": "每一条按规则重新判过 / rules of admission replayed",
    "keys": "签字人的密钥当时有效 / signers' keys in force",
    "inclusion proofs": "每一条都证明在日志里 / inclusion proofs verified",
    "marks": "用地理标志的，都有授权 / every claim of a mark rests on a grant",
    "certificates": "这一批现行的合格证，开证人签过 / certificates in force, signed by the issuer",
    "checkpoints": "检查点由日志签名，与树相符 / checkpoints signed, over this very tree",
    "log key": "由你给的日志公钥签名 / signed with the log's key that you gave",
    "witnesses": "见证人签过这个检查点 / witnesses cosigned the checkpoint",
}

_FAULTS_ZH: Final = {
    "malformed": "这里读不懂：不是导出的写法，或者记录不是规范写法",
    "too-large": "这一条太大了",
    "unknown-type": "这一条的种类，这个版本的程序不认识",
    "bad-signature": "签名对不上：内容被改过，或者不是这把密钥签的",
    "gap": "位置不连着：缺了一条，或者换了次序",
    "out-of-order": "位置没有从小到大",
    "clock-back": "收下的时间比前一条还早：台账的钟不会往回走",
    "cut-off": "文件不完整：后面缺记录，或者没有检查点",
    "empty": "里面一条记录也没有，没有可验的",
    "wrong-root": "这些记录算出来的树，不是检查点签的那一棵：有记录换过",
    "rewritten": "和你存下的检查点对不上：到这里为止的历史改写过",
    "rolled-back": "比你存下的检查点还短：台账退回去了",
    "bad-checkpoint": "检查点不是这本日志在这个长度上签的",
    "wrong-origin": "文件里的日志名称和它的公钥不是一家",
    "wrong-log-key": "记录里写的日志公钥，和文件开头的不是同一把",
    "other-log": "签检查点的不是你给的公钥：可能是同名的另一本台账",
    "since-not-the-logs": "--since 给的不是这本日志签的检查点",
    "since-needs-whole": "单批的文件不能用 --since，要整本台账的导出",
    "not-witnessed": "签过这个检查点的见证人不够",
    "changed": "正在验的时候，文件被写过；请再验一遍",
    "no-proof": "这一条没有带包含证明",
    "not-included": "这一条的证明走不到检查点的根：它不在这本日志的这个位置",
    "wrong-batch": "里面没有一条是这个批次的",
}
"""What a verifier's own codes say; a rule of admission has its own sentence."""

_BUNDLE: Final = """\
  单批的文件证明不了它没带的：后来的召回、密钥的撤销，要看整本台账。
  A bundle can't show what it leaves out: for later recalls or revocations, see the whole ledger."""
_ALONE: Final = """\
  以上只说明这份文件自己站得住。是不是你要的那本台账，请把公钥的指纹和档案页上的对一对，
  或者用 --log-key、--since、--witness 再验。
  So the file is sound in itself. Whether it is the ledger you mean, the key's fingerprint tells:
  compare it with a passport's page, or verify with --log-key, --since or --witness."""


def report_failure(failed: Failed, console: Console) -> int:
    """Say what failed first, and give the exit code."""
    where = f"第 {failed.position} 条" if failed.position else "整个文件"
    console.show(console.paint(f"没有通过验证：{where}（{failed.code}）", Paint.BOLD, Paint.RED))
    zh = failed.zh or _FAULTS_ZH.get(failed.code, "")
    if zh:
        console.show(f"  {zh.removesuffix('。')}。")
    console.show(f"  {failed.detail}")
    at = f"at position {failed.position}" if failed.position else "as a whole"
    console.show(f"  Verification failed {at}: {failed.code}.")
    console.answer({
        "ok": failed.ok, "position": failed.position, "code": failed.code, "detail": failed.detail
    })  # fmt: skip
    return Exit.REFUSED


def report(verified: Verified, console: Console, *, vouched: bool) -> None:
    """Say what was checked; `vouched` where somebody besides the file itself was asked."""
    what = f"批次 {verified.batch}" if verified.batch else "整本台账"
    said = f"验证通过：{what}，{verified.events:,} 条"
    console.show(console.paint(said, Paint.BOLD, Paint.GREEN) + " / verified")
    for number, step in enumerate(verified.steps, 1):
        console.show(f"  {number}. {_STEPS.get(step.step, step.step)}：{step.checked:,}")
    console.show(f"  根 root             {verified.root}")
    origin, size, *_ = verified.checkpoint.split("\n")
    console.show(f"  检查点 checkpoint   {origin}，{size} 条")
    console.show(f"  日志公钥 log key    {verified.log_key}")
    console.show(f"  指纹 fingerprint    {fingerprint(verified.log_key)}")
    if verified.batch:
        console.show(_BUNDLE)
    if not vouched:
        console.show(_ALONE)
    console.answer(verified)
