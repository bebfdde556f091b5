// Reading a code: by the camera, from a photo, or typed in. The decoder is loaded when first needed.

import { make, say, tell } from "./page.js";

const VENDOR = "/static/vendor/zxing-wasm/";
let decoder;

/** @returns {Promise<(image: ImageBitmapSource) => Promise<string | undefined>>} */
function decode() {
  decoder ??= load();
  return decoder;
}

async function load() {
  if ("BarcodeDetector" in globalThis) {
    const known = await BarcodeDetector.getSupportedFormats().catch(() => []);
    if (known.includes("qr_code")) {
      const detector = new BarcodeDetector({ formats: ["qr_code"] });
      return async (image) => (await detector.detect(image))[0]?.rawValue;
    }
  }
  await new Promise((resolve, reject) => {
    document.head.append(make("script", { src: `${VENDOR}index.js`, onload: resolve, onerror: reject }));
  });
  const zxing = globalThis.ZXingWASM;
  zxing.prepareZXingModule({
    overrides: { locateFile: (file) => VENDOR + file },
  });
  return async (image) => {
    const found = await zxing.readBarcodes(pixels(image), { formats: ["QRCode"], maxNumberOfSymbols: 1 });
    return found[0]?.text || undefined;
  };
}

function pixels(image) {
  const width = image.videoWidth ?? image.width;
  const height = image.videoHeight ?? image.height;
  const scale = Math.min(1, 1600 / Math.max(width, height));
  const canvas = make("canvas", { width: Math.round(width * scale), height: Math.round(height * scale) });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}

/**
 * Offer to scan: gives the buttons, and calls back with what a code says.
 * @param {(text: string) => void} found
 */
export function scanner(found) {
  const video = make("video.finder", { playsinline: true, muted: true, hidden: true });
  const typed = make("input.field", { "aria-label": say("type_in"), placeholder: say("type_in"), autocomplete: "off" });
  const photo = make("input.out", { type: "file", accept: "image/*", capture: "environment", onchange: () => fromPhoto(photo, found) });
  const area = make("div.scanner.stack", {},
    make("div.btns", {},
      make("button.btn.quiet", { type: "button", onclick: () => fromCamera(video, area, found) }, say("scan")),
      make("label.btn.quiet", {}, say("photo"), photo)),
    video,
    make("div.ask", {}, typed,
      make("button.btn.quiet", { type: "button", onclick: () => typed.value.trim() && found(typed.value.trim()) }, say("look"))));
  return area;
}

async function fromPhoto(input, found) {
  const [file] = input.files;
  if (!file) return;
  try {
    const text = await (await decode())(await createImageBitmap(file));
    if (text) found(text);
    else tell(say("no_code"), "alarm");
  } catch {
    tell(say("no_code"), "alarm");
  }
  input.value = "";
}

async function fromCamera(video, area, found) {
  if (!navigator.mediaDevices?.getUserMedia) return tell(say("no_camera"), "alarm");
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  } catch (error) {
    return tell(say(error.name === "NotFoundError" ? "no_camera" : "camera_refused"), "alarm");
  }
  video.srcObject = stream;
  video.hidden = false;
  await video.play();
  const read = await decode();
  const stop = () => stream.getTracks().forEach((track) => track.stop());
  while (area.isConnected) {
    const text = video.videoWidth ? await read(video).catch(() => undefined) : undefined;
    if (text) {
      video.hidden = true;
      stop();
      return found(text);
    }
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
  stop();
}

/**
 * Understand a code: a batch's label, a place to hand over to, an invitation; of this site only.
 * @returns {{batch?: string, to?: {party: string, place: string}, join?: string}}
 * @throws {Error} with what the code is instead
 */
export function understood(text) {
  const lot = text.match(/^(\d{14})\/(.+)$/);
  if (lot) return { batch: `${lot[1]}/${lot[2]}` };
  let url;
  try {
    url = new URL(text);
  } catch {
    if (/^[\w.\-+/]{1,20}$/.test(text)) return { lot: text };
    throw new Error(say("foreign_code", { text: text.slice(0, 80) }));
  }
  const printed = document.querySelector("meta[name=public-url]")?.content;
  const hosts = [location.origin, printed && new URL(printed).origin];
  const path = url.pathname.split("/").slice(1).map(decodeURIComponent);
  const known = path[0] === "01" || path[0] === "to" || path[0] === "join";
  if (!hosts.includes(url.origin)) {
    throw new Error(known ? say("other_host", { host: url.host }) : say("foreign_code", { text: text.slice(0, 80) }));
  }
  if (path[0] === "01" && path[2] === "10" && path[3]) return { batch: `${path[1].padStart(14, "0")}/${path[3]}` };
  if (path[0] === "to" && path[2]) return { to: { party: path[1], place: path[2] } };
  if (path[0] === "join" && path[1]) return { join: path[1] };
  throw new Error(say("foreign_code", { text: text.slice(0, 80) }));
}
