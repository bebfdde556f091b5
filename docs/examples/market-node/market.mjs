/**
 * A buyer's program, to be copied: says what is wanted, orders from the first offer that fits, and
 * watches its order until it is paid for. It holds its own key and signs every event itself.
 *
 * It reads its settings as JSON from standard input and writes a line of JSON for each thing that
 * happens:
 *
 *     {"url": "http://127.0.0.1:8000", "party": "P445381-000010", "key": "<PEM>",
 *      "place": "L445381-000092", "category": "cinnamon", "quantity": 40000, "unit": "GRM"}
 */
import { createPrivateKey, createPublicKey, randomBytes, sign } from "node:crypto";
import { text } from "node:stream/consumers";
import { createClient } from "graphql-ws";
import WebSocket from "ws";

const settings = JSON.parse(await text(process.stdin));
const key = createPrivateKey(settings.key);
const did = didOf(key);
const cookie = await signIn();

/** Tell what happened. */
function tell(what) {
    process.stdout.write(`${JSON.stringify(what)}\n`);
}

/** The `did:key` of an Ed25519 key: multicodec 0xed, base58btc. */
function didOf(privateKey) {
    const raw = Buffer.from(createPublicKey(privateKey).export({ format: "jwk" }).x, "base64url");
    const alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    let number = BigInt(`0x${Buffer.concat([Buffer.from([0xed, 0x01]), raw]).toString("hex")}`);
    let encoded = "";
    for (; number > 0n; number /= 58n) encoded = alphabet[Number(number % 58n)] + encoded;
    return `did:key:z${encoded}`;
}

/** An id whose order is the order of time (RFC 9562 §5.7). */
function uuid7() {
    const bytes = randomBytes(16);
    bytes.writeUIntBE(Date.now(), 0, 6);
    bytes[6] = (bytes[6] & 0x0f) | 0x70;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/** Canonical JSON (RFC 8785) of strings, whole numbers, lists and objects. */
function canonical(value) {
    if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
    if (value === null || typeof value !== "object") return JSON.stringify(value);
    const names = Object.keys(value).sort();
    return `{${names.map((n) => `${JSON.stringify(n)}:${canonical(value[n])}`).join(",")}}`;
}

/** A DSSE envelope over a payload. */
function seal(payload, payloadType) {
    const bytes = Buffer.from(canonical(payload));
    const head = `DSSEv1 ${payloadType.length} ${payloadType} ${bytes.length} `;
    const sig = sign(null, Buffer.concat([Buffer.from(head), bytes]), key).toString("base64");
    return JSON.stringify({
        payload: bytes.toString("base64"), payloadType, signatures: [{ keyid: did, sig }],
    });
}

/** Now, as the ledger writes it: six digits of a second, or none. */
function now() {
    return new Date().toISOString().replace(".000Z", "Z").replace(/(\.\d{3})Z/, "$1000Z");
}

/** The envelope of an event of ours that happens now. */
function event(type, fields) {
    const common = {
        actor: settings.party, id: uuid7(), nonce: randomBytes(16).toString("base64"),
        occurred_at: now(), type,
    };
    return seal({ ...common, ...fields }, "application/vnd.suyuan.event+json");
}

/** Sign in with the key, and give the session's cookie. */
async function signIn() {
    const asked = await (await fetch(`${settings.url}/api/signin/challenge`)).json();
    const said = {
        at: now(), challenge: asked.challenge, origin: asked.origin, party: settings.party,
        type: "signin.v1",
    };
    const body = seal(said, asked.payloadType);
    const answer = await fetch(`${settings.url}/api/signin`, { method: "POST", body });
    if (!answer.ok) throw new Error(`not signed in: ${await answer.text()}`);
    return answer.headers.getSetCookie()[0].split(";")[0];
}

/** Ask, and give the data. */
async function ask(query, variables = {}) {
    const answer = await fetch(`${settings.url}/graphql`, {
        method: "POST",
        headers: { "content-type": "application/json", cookie },
        body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = await answer.json();
    if (errors) throw new Error(errors[0].message);
    return data;
}

/** Submit a signed event through a mutation; throws what the ledger refuses, with its code. */
async function submit(mutation, kind, envelope) {
    const query = `mutation ($envelope: String!) { done: ${mutation}(input: {envelope: $envelope}) {
        __typename
        ... on ${kind}Accepted { receipt { position } ${kind.toLowerCase()} { eventId state } }
        ... on Refusal { code messageEn }
    } }`;
    const { done } = await ask(query, { envelope });
    if (done.__typename === "Refusal") throw new Error(`${done.code}: ${done.messageEn}`);
    return done;
}

/** Record an event that is no mutation's. */
async function record(envelope) {
    const answer = await fetch(`${settings.url}/api/events`, { method: "POST", body: envelope });
    const said = await answer.json();
    if (!answer.ok) throw new Error(`${said.code}: ${said.message.en}`);
    return said.position;
}

const { category, quantity, unit, place } = settings;
const wanted = await submit("postDemand", "Demand", event("demand.posted.v1", {
    category, quantity, unit, deliver_to: place,
}));
tell({ wanted: wanted.demand.eventId });

const { offers } = await ask(`query ($filter: OfferFilter) {
    offers(filter: $filter, orderBy: CHEAPEST, first: 100) { edges { node {
        eventId lot seller { partyId } product { gtin } left { amount unit } least { amount }
        price { amount per currency }
    } } }
}`, { filter: { category } });
const offer = offers.edges.map((edge) => edge.node).find((one) => one.left.unit === unit
    && one.left.amount >= quantity && one.least.amount <= quantity);
if (!offer) throw new Error("nothing fits");
const batch = `${offer.product.gtin}/${offer.lot}`;

const placed = await submit("placeOrder", "Order", event("order.placed.v1", {
    offer: offer.eventId, seller: offer.seller.partyId, batch, quantity, unit,
    price: offer.price, deliver_to: place, refs: [offer.eventId],
}));
tell({ ordered: placed.order.eventId, from: offer.seller.partyId });

const client = createClient({
    url: `${settings.url.replace("http", "ws")}/graphql`,
    webSocketImpl: class extends WebSocket {
        constructor(address, protocols) {
            super(address, protocols, { headers: { cookie } });
        }
    },
    retryAttempts: 10,
});
const steps = client.iterate({
    query: `subscription ($after: String) { orders(after: $after) {
        cursor recall order { eventId } step { state event }
    } }`,
    variables: { after: String(placed.receipt.position) },
});
for await (const { data, errors } of steps) {
    if (errors) throw new Error(errors[0].message);
    const { order, step, cursor, recall } = data.orders;
    if (order.eventId !== placed.order.eventId) continue;
    if (recall) {
        // Its goods are called back: nothing more happens to it until that is over.
        tell({ state: "RECALLED", cursor });
        break;
    }
    tell({ state: step.state, cursor });
    if (step.state === "SHIPPED") {
        await record(event("shipment.received.v1", {
            items: [{ batch, quantity, unit }], place, refs: [step.event], shipment: step.event,
        }));
    }
    if (["SETTLED", "REFUSED", "CANCELLED"].includes(step.state)) break;
}
await client.dispose();
