"""What each refusal says to people, in Chinese and English: the facts, then what to do."""

from typing import Final

SENTENCES: Final[dict[str, tuple[str, str]]] = {
    "malformed": (
        "读不懂这条记录：{detail}。请更新应用后重试。",
        "This record can't be read: {detail}. Correct it, or update the app, and send it again.",
    ),
    "unknown-type": (
        "台账里没有“{type}”这种记录。请更新应用后重试。",
        'The ledger knows no event type "{type}". Update the app and send it again.',
    ),
    "too-large": (
        "这条记录有 {size} 字节，上限是 {limit} 字节。请分成几条来记。",
        "This record has {size} bytes; the limit is {limit}. Record it in several parts.",
    ),
    "bad-signature": (
        "签名与内容对不上（密钥 {key}）。内容可能被改过，请在原来的手机上重新签名。",
        (
            "The signature of {key} does not fit the content, which may have been altered."
            " Sign it again on the device that made it."
        ),
    ),
    "unknown-key": (
        "台账里没有密钥 {key}。请先到合作社登记这部手机。",
        "The ledger does not know the key {key}. Have your cooperative register this device first.",
    ),
    "key-revoked": (
        "密钥 {key} 已停用，之后的签名不再有效。请到合作社重新登记。",
        (
            "The key {key} was revoked; what it signs from then on does not count."
            " Have your cooperative register a new one."
        ),
    ),
    "key-expired": (
        "密钥 {key} 已于 {when} 到期。请到合作社续期。",
        "The key {key} expired at {when}. Have your cooperative renew it.",
    ),
    "not-authorised": (
        "{who} 不能做这件事：{need}。",
        "{who} may not say this: {need}.",
    ),
    "member-must-sign": (
        "社员 {member} 有过自己的密钥，或由别的合作社登记，入社要本人也签名。",
        (
            "Member {member} has had a key of its own, or was admitted by another cooperative:"
            " it must sign this too."
        ),
    ),
    "ledger-not-open": (
        "台账还没有开账。请先写入开账记录（suyuan serve 会自动完成）。",
        "The ledger has not been opened. Its first event must be ledger.opened.v1.",
    ),
    "ledger-open": (
        "台账已经开账，不能再开一次。",
        "The ledger is open already; it can't be opened twice.",
    ),
    "wrong-log-key": (
        (
            "日志公钥 {key} 不能用：它不是这本台账的，或者这台服务器没有它的私钥。"
            "开账用 suyuan open，换钥用 suyuan key rotate-log。"
        ),
        (
            "The log key {key} can't be used: it is not this log's, or this server does not hold"
            " it. Open a ledger with suyuan open; change its key with suyuan key rotate-log."
        ),
    ),
    "unknown-rules": (
        "没有名为 {rules}、摘要相符的规则集。请先升级程序。",
        "There is no rule set {rules} with that digest here. Upgrade the program first.",
    ),
    "personal-data": (
        "个人姓名不写进台账。请去掉姓名，姓名只存放在加密的名册里。",
        "A person's name does not go into the ledger. Leave it out: it is kept in the vault.",
    ),
    "id-reused": (
        "编号 {id} 已经用在另一条内容不同的记录上。请重新记一条。",
        "The id {id} is taken by an event with other content. Record this one under a new id.",
    ),
    "ref-missing": (
        "所依据的记录 {ref} 还没有到。请先送出那一条，这一条会留在待送里。",
        "The event {ref} that this one follows from is not in the ledger yet. Send that one first.",
    ),
    "time-ahead": (
        "发生时间 {when} 比台账时间晚了 {minutes} 分钟以上。请校准手机时间。",
        (
            "It occurred at {when}, more than {minutes} minutes ahead of the ledger's clock."
            " Set the device's clock."
        ),
    ),
    "time-before-cause": (
        "发生时间 {when} 早于它所依据的记录（{then}）。请核对日期。",
        "It occurred at {when}, before what it follows from ({then}). Check the date.",
    ),
    "exists": (
        "{what} 已经登记过了，不用再登记。",
        "{what} is registered already.",
    ),
    "unknown-party": (
        "没有登记过主体 {party}。请先由主管部门或合作社登记。",
        "The party {party} is not admitted. The authority or a cooperative must admit it first.",
    ),
    "unknown-place": (
        "没有登记过地点 {place}。请先登记地点。",
        "The place {place} is not registered. Register it first.",
    ),
    "unknown-product": (
        "没有登记过产品 {gtin}。请先登记产品。",
        "The product {gtin} is not registered. Register it first.",
    ),
    "unknown-batch": (
        "没有批次 {batch}。请核对批号，或先记采收。",
        "There is no batch {batch}. Check the lot, or record its harvest first.",
    ),
    "batch-exists": (
        "批次 {batch} 已经有了。请换一个批号。",
        "The batch {batch} exists already. Choose another lot.",
    ),
    "unit-mismatch": (
        "批次 {batch} 按{unit}计量，这里写的是{given}。",
        "The batch {batch} is counted in {unit}; this says {given}.",
    ),
    "not-a-plot": (
        "{place} 不是地块，不能在这里记采收或用药。",
        "{place} is not a plot; nothing is harvested or treated there.",
    ),
    "not-held": (
        ("批次 {batch} 在 {place} 可动用 {held}（已留给订单的不算），这里要 {asked}。请核对数量。"),
        (
            "Of batch {batch}, {held} can be moved at {place} (what orders have reserved aside);"
            " {asked} asked. Check the quantity."
        ),
    ),
    "shipment-not-open": (
        "没有待收的运单 {shipment}：可能没有发出，或已经收过。",
        "The shipment {shipment} is not open: it was never sent, or was received already.",
    ),
    "not-addressee": (
        "运单 {shipment} 是发给 {to} 的，{who} 不能签收。",
        "The shipment {shipment} is addressed to {to}; {who} can't receive it.",
    ),
    "difference-unexplained": (
        "批次 {batch} 发出 {sent}，点收加差异合计 {counted}。少了的请写明数量和原因。",
        (
            "Of batch {batch}, {sent} were sent; counted and differences make {counted}."
            " State what is short and why."
        ),
    ),
    "mass-balance": (
        "{process}最多得 {most}，这里写了 {out}。请核对投入和产出。",
        ("At most {most} can come out when {process}; this says {out}. Check inputs and outputs."),
    ),
    "wrong-output": (
        "{process}的产出批次 {batch} 不对：{need}。",
        "The output batch {batch} does not fit a batch that is {process}: {need}.",
    ),
    "on-hold": (
        (
            "批次 {batch} 封存中（第 {position} 条记录封存了 {root}）。"
            "解封之前只能退回来处，或者销毁。"
        ),
        (
            "The batch {batch} is on hold (the event at position {position} holds {root})."
            " Until that is released it may only go back to where it came from, or be disposed of."
        ),
    ),
    "recalled": (
        (
            "批次 {batch} 正在召回（第 {position} 条记录召回了 {root}）。不要再卖、再发、再加工，"
            "只能退回来处，或者销毁。"
        ),
        (
            "The batch {batch} is recalled (the event at position {position} recalls {root})."
            " Do not sell, send or process it: it may only go back to where it came from, or be"
            " disposed of."
        ),
    ),
    "hold-not-open": (
        "批次 {batch} 没有这次封存（{hold}），或者已经解封了。请核对批次。",
        (
            "There is no hold {hold} of the batch {batch}, or it was released already."
            " Check the batch."
        ),
    ),
    "recall-not-open": (
        "批次 {batch} 没有这次召回（{recall}），或者已经结束了。请核对批次。",
        (
            "There is no recall {recall} of the batch {batch}, or it was closed already."
            " Check the batch."
        ),
    ),
    "interval-not-elapsed": (
        "{plot} 用过 {substance}，安全间隔期到 {until}，还不能采收。请到期后再采。",
        (
            "{plot} was treated with {substance}; its pre-harvest interval lasts until {until}."
            " Harvest after that."
        ),
    ),
    "not-correctable": (
        "这条记录不能这样更正：{need}。",
        "This event can't be corrected so: {need}.",
    ),
    "correction-collides": (
        "更正后，第 {position} 条记录就站不住了（{inner}：{detail}）。请先更正那一条。",
        (
            "With this correction the event at position {position} would be refused"
            " ({inner}: {detail}). Correct that one first."
        ),
    ),
    "offer-exceeds-holding": (
        "批次 {batch} 现在可供 {held}，不够 {asked}{why}。",
        "Of batch {batch}, {held} can be promised now, not {asked}{why}.",
    ),
    "offer-not-open": (
        "供应 {offer} 不在了：可能已撤回、已过期或从未发布。",
        "The offer {offer} is not open: withdrawn, expired or never made.",
    ),
    "offer-mismatch": (
        "供应 {offer} 的批次、单位、存放地点和地块不能改。请撤回后另发一条。",
        (
            "Batch, unit, place and plot of the offer {offer} can't be changed."
            " Withdraw it and make another."
        ),
    ),
    "terms-inconsistent": (
        "条件前后对不上：{need}。请改好再发。",
        "These terms don't agree: {need}. Correct them, then send it again.",
    ),
    "demand-not-open": (
        "求购 {demand} 不在了：可能已撤回、已过期或从未发布。",
        "The demand {demand} is not open: withdrawn, expired or never posted.",
    ),
    "order-not-open": (
        "订单 {order} 现在是“{state}”，不能这样处理。",
        'The order {order} is "{state}" now; this can\'t be done with it.',
    ),
    "too-late-to-cancel": (
        "订单 {order} 已于 {when} 确认，买方要在 {hours} 小时内取消。请与卖方商量，由卖方来取消。",
        (
            "The order {order} was confirmed at {when}; a buyer cancels within {hours} hours of"
            " that. Ask the seller to cancel it."
        ),
    ),
    "order-mismatch": (
        "与订单 {order} 不一致：{need}。",
        "This does not agree with the order {order}: {need}.",
    ),
    "price-mismatch": (
        "价格变了：现在是 {now}，你看到的是 {seen}。请确认新价格后再下单。",
        "The price is {now} now; you saw {seen}. Look again and order at the new price.",
    ),
    "below-least": (
        "这个供应 {least} 起订，这里只有 {asked}。",
        "This offer starts at {least}; this is only {asked}.",
    ),
    "commitment-incomplete": (
        "合格证要写全各项承诺，承诺依据不能重复。请补全后再开。",
        (
            "A certificate makes every commitment, and names each basis once."
            " Complete it, then issue it."
        ),
    ),
    "certificate-not-open": (
        "没有生效的合格证 {commitment}：可能已收回、已换发，或不是这个批次的。",
        (
            "There is no certificate {commitment} in force: withdrawn, replaced,"
            " or of another batch."
        ),
    ),
    "certified-exceeds-made": (
        "批次 {batch} 共 {made}，已开合格证 {certified}，还要再开 {asked}，超了。请核对数量。",
        (
            "Of batch {batch}, {made} were made and {certified} are certified;"
            " {asked} more are too many. Check the quantity."
        ),
    ),
    "numbers-printed": (
        "批次 {batch} 的编号 {first} 到 {last} 已经印过。请从 {highest} 之后编起，补印请注明。",
        (
            "Of batch {batch}, the numbers {first} to {last} are printed already."
            " Go on after {highest}, or record a reprint."
        ),
    ),
    "serial-not-printed": (
        "批次 {batch} 没有印过编号 {first} 到 {last} 里的全部。请对一对标签，别手工编号。",
        (
            "Of batch {batch}, not all the serials {first} to {last} were ever printed."
            " Check the labels; don't make up a number."
        ),
    ),
    "serial-sold": (
        (
            "批次 {batch} 的编号 {first} 到 {last} 里，有的已经卖过（第 {position} 条）。"
            "请查标签是不是翻印的。"
        ),
        (
            "Of batch {batch}, some of the serials {first} to {last} were sold already (the event"
            " at position {position}). Check whether the label is a copy."
        ),
    ),
    "reprint-mismatch": (
        "补印与原来那一次对不上：{need}。请核对后再印。",
        "The reprint does not agree with what was printed: {need}. Check it, then print.",
    ),
    "unknown-link-type": (
        "没有 {kind} 这种链接。请用 GS1 网络词汇表里的链接类型，例如 gs1:pip。",
        "There is no link type {kind} to set. Use one of the GS1 Web Vocabulary, such as gs1:pip.",
    ),
    "link-not-set": (
        "{what} 现在没有链接 {link}：可能已撤下、已被替换，或从未设置。",
        "{what} has no link {link} now: taken back, replaced, or never set.",
    ),
    "too-many-links": (
        "{what} 的链接已有 {most} 个，不能再加。请先撤下不用的。",
        "{what} has {most} links, the most there may be. Take back one that is not used.",
    ),
    "mark-not-authorised": (
        "地理标志 {mark} 不能这样用：{need}。请找主管部门核对授权。",
        "The mark {mark} can't be used so: {need}. Ask the authority what it has authorised.",
    ),
    "mark-quota": (
        (
            "地理标志 {mark} 这次授权共可采收 {quota}，已采收 {used}，再加 {asked} 就超了。"
            "请核对数量，确有增产就请主管部门加额度。"
        ),
        (
            "Under this authorisation of the mark {mark}, {quota} may be harvested in all, and"
            " {used} were; {asked} more are too many. Check the quantity, or ask the authority."
        ),
    ),
}
"""Chinese and English by code; `{x}` is filled from the fact `x`, or `x_zh`/`x_en`."""
