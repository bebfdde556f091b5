"""What the check in the browser says at each step; what stands in braces is filled in there."""

from typing import Final

from api.pages.catalogue import marked
from api.pages.reader import Reader

_WORDS: Final = {
    "working": marked("正在验……"),
    "again": marked("再验一次"),
    "signatures-title": marked("签名都对"),
    "signatures": marked("取来 {events} 条记录，一字不改地核对了 {signatures} 个签名"
                         "（Ed25519 {ed25519} 个，P-256 {p256} 个）。"),
    "keys-title": marked("签名的人有这个资格"),
    "keys": marked("用到的 {keys} 把密钥，都由县里或合作社登记过，签的时候有效，"
                   "签的是自己或社员的事。"),
    "checkpoint-title": marked("台账盖了章"),
    "checkpoint": marked("台账用自己的密钥签了到第 {size} 条为止的检查点。"),
    "inclusion-title": marked("每一条都在台账里"),
    "inclusion": marked("{events} 条记录的哈希，都一步步算到了检查点的根。"),
    "marks-title": marked("地理标志有授权"),
    "marks": marked("用到地理标志的 {marks} 步，都有主管部门签过的授权，签的时候没有收回，"
                    "授权给的就是做的人或他的合作社。产地在不在授权的镇、额度超没超，"
                    "要验整本台账才知道。"),
    "certificates-title": marked("合格证是开证人签的"),
    "certificates": marked("这一批现行的承诺达标合格证 {certificates} 张，都是开证人自己签的，"
                           "证明里没有撤回它的记录。"),
    "first-title": marked("记下了台账的样子"),
    "first": marked("这台设备头一回验，记住了到第 {size} 条的检查点；"
                    "下次验就能查出台账有没有被改过。"),
    "consistency-title": marked("台账只添不改"),
    "consistency": marked("和这台设备上次记下的（到第 {old} 条）接得上，前面一条也没有动过。"),
    "page-title": marked("这一页没有写别的"),
    "page": marked("页面上的 {events} 步，条条都在刚验过的记录里。"),
    "failed-title": marked("这里对不上"),
    "failed": marked("{why}（{code}）"),
    "passed": marked("全都对得上。是您的设备自己算的，{by}。"),
    "browser": marked("用的是浏览器自带的密码算法"),
    "library": marked("浏览器没有 Ed25519，用的是经过审计的 noble 算法库"),
    "failed-at": marked("第 {position} 条对不上，别信这份档案。请截图告诉县农业农村局。"),
    "failed-whole": marked("没有验成，原因写在上面。"),
    "code-bad-signature": marked("内容和签名不符，有人动过"),
    "code-malformed": marked("内容不是原来写下的样子"),
    "code-unknown-key": marked("签名的密钥没有登记过"),
    "code-key-revoked": marked("签名的密钥当时已经注销"),
    "code-key-expired": marked("签名的密钥当时已经过期"),
    "code-not-authorised": marked("签名的人没有替当事人签字的授权"),
    "code-ledger-open": marked("台账被人另开了一次"),
    "code-id-reused": marked("同一条记录，证明里有两次"),
    "code-clock-back": marked("入账的钟点比前一条还早"),
    "code-exists": marked("登记过的又登记了一次"),
    "code-member-must-sign": marked("没有本人签名，就被登记成了社员"),
    "code-unknown-party": marked("签名的主体没有登记过"),
    "code-unknown-batch": marked("证明里少了一批原料"),
    "code-mark-not-authorised": marked("地理标志没有授权"),
    "code-certificate-not-open": marked("撤回或换掉的合格证，这一批没有"),
    "code-time-before-cause": marked("比它依据的那一条还早"),
    "code-not-included": marked("证明算不到检查点，台账里没有这一条"),
    "code-bad-checkpoint": marked("检查点不是台账签的"),
    "code-out-of-order": marked("先后次序不对"),
    "code-no-proof": marked("少了它在台账里的证明"),
    "code-cut-off": marked("证明不完整，后面断了"),
    "code-wrong-batch": marked("证明说的是另一个批次"),
    "code-wrong-origin": marked("证明是另一本台账的"),
    "code-wrong-log-key": marked("台账公钥和这一页给的不是一把；要是刚换过钥，刷新再验"),
    "code-another-log-key": marked("台账的公钥和这台设备上次记下的不是一把"),
    "code-rewritten": marked("台账和这台设备上次记下的接不上，前面的记录被改过"),
    "code-page-differs": marked("页面上有一步，证明里没有"),
    "code-unreachable": marked("取不到证明，请看看网络，过一会儿再试"),
    "code-insecure": marked("要从 https 的网址打开，浏览器才肯算"),
}  # fmt: skip


def check_words(reader: Reader) -> list[tuple[str, str]]:
    """Give each word's name with the sentence."""
    return [(name, reader.say(text)) for name, text in _WORDS.items()]
