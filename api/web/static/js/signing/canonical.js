// Canonical JSON (RFC 8785) of what a payload may hold: text, whole numbers, true and false, lists,
// objects with ASCII names. Within that, JSON.stringify writes each value as RFC 8785 does.

/**
 * Write a value as canonical JSON. A member that is undefined is left out.
 * @param {unknown} value
 * @returns {string}
 * @throws {TypeError} for what no payload may hold, with its path
 */
export function canonical(value, path = "$") {
  if (Array.isArray(value)) {
    return `[${value.map((item, index) => canonical(item, `${path}[${index}]`)).join(",")}]`;
  }
  switch (typeof value) {
    case "string":
      if (/\p{Surrogate}/u.test(value)) throw new TypeError(`${path}: half a surrogate pair`);
      return JSON.stringify(value);
    case "number":
      if (!Number.isSafeInteger(value)) throw new TypeError(`${path}: ${value} is no whole number`);
      return JSON.stringify(value);
    case "boolean":
      return String(value);
    case "object":
      if (value !== null) return written(value, path);
  }
  throw new TypeError(`${path}: ${value === null ? "null" : typeof value}`);
}

function written(object, path) {
  const names = Object.keys(object).filter((name) => object[name] !== undefined);
  for (const name of names) {
    if (!/^[\x20-\x7e]+$/.test(name)) throw new TypeError(`${path}: the name ${name}`);
  }
  const members = names.sort().map(
    (name) => `${JSON.stringify(name)}:${canonical(object[name], `${path}.${name}`)}`,
  );
  return `{${members.join(",")}}`;
}
