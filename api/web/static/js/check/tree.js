/** The Merkle tree: leaves, proofs of inclusion and of consistency (RFC 9162, 2.1.3.2, 2.1.4.2). */

import { same, sha256 } from "./bytes.js";

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

/** @param {Uint8Array} entry @returns {Promise<Uint8Array>} */
export const leafHash = (entry) => sha256(LEAF, entry);

/** @param {Uint8Array} left @param {Uint8Array} right */
const nodeHash = (left, right) => sha256(NODE, left, right);

/**
 * Compute the root to which a proof leads; throws where it can't look like this.
 * @param {Uint8Array} leaf @param {number} index @param {number} size @param {Uint8Array[]} proof
 */
export async function inclusionRoot(leaf, index, size, proof) {
  if (!(index >= 0 && index < size)) throw new TypeError(`leaf ${index} of ${size}`);
  let [fn, sn, root] = [index, size - 1, leaf];
  for (const sibling of proof) {
    if (sibling.length !== 32) throw new TypeError("a hash is not 32 bytes long");
    if (sn === 0) throw new TypeError("the inclusion proof is too long");
    if (fn % 2 === 1 || fn === sn) {
      root = await nodeHash(sibling, root);
      [fn, sn] = climbed(fn, sn);
    } else {
      root = await nodeHash(root, sibling);
    }
    [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
  }
  if (sn !== 0) throw new TypeError("the inclusion proof is too short");
  return root;
}

/** Leave out the levels on which the node stands alone. @param {number} fn @param {number} sn */
function climbed(fn, sn) {
  let [first, second] = [fn, sn];
  while (first !== 0 && first % 2 === 0) [first, second] = [first / 2, Math.floor(second / 2)];
  return [first, second];
}

/**
 * Tell whether the newer tree begins with the older one.
 * @param {{size: number, root: Uint8Array}} old
 * @param {{size: number, root: Uint8Array}} newer
 * @param {Uint8Array[]} proof
 */
export async function consistent(old, newer, proof) {
  if (old.size > newer.size || old.size < 1) return false;
  if (old.size === newer.size) return proof.length === 0 && same(old.root, newer.root);
  if (proof.length === 0 || proof.some((one) => one.length !== 32)) return false;
  const full = Number.isInteger(Math.log2(old.size));
  const path = full ? [old.root, ...proof] : proof;
  let [fn, sn] = [old.size - 1, newer.size - 1];
  while (fn % 2 === 1) [fn, sn] = [(fn - 1) / 2, Math.floor(sn / 2)];
  let [one, two] = [path[0], path[0]];
  for (const sibling of path.slice(1)) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      one = await nodeHash(sibling, one);
      two = await nodeHash(sibling, two);
      [fn, sn] = climbed(fn, sn);
    } else {
      two = await nodeHash(two, sibling);
    }
    [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
  }
  return sn === 0 && same(one, old.root) && same(two, newer.root);
}
