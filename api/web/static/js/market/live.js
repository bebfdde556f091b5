// A subscription over graphql-transport-ws, as little of it as a page needs; it comes back after a cut.

const PROTOCOL = "graphql-transport-ws";
const PAUSE_MS = 3000;

/**
 * @param {string} query a subscription
 * @param {(data: object) => void} next called with each result
 */
export function watch(query, next) {
  const address = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/graphql`;
  const socket = new WebSocket(address, PROTOCOL);
  socket.onopen = () => socket.send(JSON.stringify({ type: "connection_init" }));
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(data);
    if (message.type === "connection_ack") socket.send(JSON.stringify({ id: "1", type: "subscribe", payload: { query } }));
    if (message.type === "ping") socket.send(JSON.stringify({ type: "pong" }));
    if (message.type === "next" && message.payload.data) next(message.payload.data);
  };
  socket.onclose = ({ code }) => {
    // 4400 and above up to 4499: the server does not want it again (graphql-transport-ws).
    if (code < 4400 || code > 4499) setTimeout(() => watch(query, next), PAUSE_MS);
  };
}
