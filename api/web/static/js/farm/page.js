// Building the page: elements, the page's words, and the parts that forms are made of.

const WORDS = JSON.parse(document.getElementById("words")?.textContent ?? "{}");

/** Say a sentence of the page, its blanks filled. @param {string} name @param {object} [values] */
export const say = (name, values = {}) =>
  (WORDS[name] ?? name).replace(/%\((\w+)\)s/g, (_, blank) => values[blank] ?? "").replaceAll("%%", "%");

export const english = document.documentElement.lang.startsWith("en");

/**
 * Make an element: `make("button.btn", {type: "button", onclick}, "text", child …)`.
 * @param {string} kind a tag with classes
 * @param {object} [given] attributes; functions become listeners
 * @param {...(Node | string | undefined | null | false)} inside
 */
export function make(kind, given = {}, ...inside) {
  const [tag, ...classes] = kind.split(".");
  const element = document.createElement(tag || "div");
  if (classes.length) element.className = classes.join(" ");
  for (const [name, value] of Object.entries(given)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== undefined && value !== false && value !== null) element.setAttribute(name, value);
  }
  element.append(...inside.filter((one) => one !== undefined && one !== null && one !== false));
  return element;
}

/** Show a screen in the page's main part, from its top. */
export function show(...parts) {
  const stage = document.getElementById("stage");
  stage.replaceChildren(...parts.filter(Boolean));
  scrollTo(0, 0);
  stage.querySelector("[autofocus]")?.focus();
}

/** A line that a screen reader says at once. */
export function tell(text, kind = "note") {
  const line = make(`p.card.told.${kind}`, { role: kind === "alarm" ? "alert" : "status" }, text);
  document.querySelector("#stage .told")?.remove();
  const button = document.querySelector("#stage .act");
  if (button) button.before(line);
  else document.getElementById("stage").prepend(line);
  line.scrollIntoView({ block: "nearest" });
  return line;
}

/** A question with answers, in place of the button that led to it. @returns {Promise<string>} */
export function question(text, answers) {
  return new Promise((resolve) => {
    const line = tell("", "asked");
    const buttons = Object.entries(answers).map(([value, label], index) =>
      make(`button.btn${index ? ".quiet" : ""}`, { type: "button", onclick: () => (line.remove(), resolve(value)) }, label));
    line.append(make("b", {}, text), make("span.btns", {}, ...buttons));
    line.setAttribute("role", "alertdialog");
    buttons[0].focus();
  });
}

/** One of several, as large buttons. `options` are {value, label, small, off}. */
export function choice(name, legend, options, chosen, onchange = () => {}) {
  const inputs = options.map(({ value, label, small, off }) =>
    make("label.pick", {},
      make("input", {
        type: "radio", name, value, checked: value === chosen, disabled: off,
        onchange: () => onchange(value),
      }),
      make("span", {}, make("b", {}, label), small && make("small", {}, small))));
  return make("fieldset.picks", {}, make("legend", {}, legend), ...inputs);
}

/** A number or text with its label, and units to choose from. */
export function field(name, label, { value = "", units, unit, mode = "text", focus, optional, list } = {}) {
  const id = `f-${name}`;
  const options = list && make("datalist", { id: `${id}-list` }, ...list.map((one) => make("option", { value: one })));
  const input = make("input.field", {
    id, name, value, inputmode: mode, autocomplete: "off", autofocus: focus, required: !optional,
    list: list && `${id}-list`, enterkeyhint: "done",
  });
  const chosen = units && make("select.field.unit", { name: `${name}-unit`, "aria-label": label },
    ...units.map(([key, text]) => make("option", { value: key, selected: key === unit }, text)));
  return make("div.asked-for", {}, make("label", { for: id }, label), make("span.with-unit", {}, input, chosen), options);
}

/** A form whose button does something, once at a time. @param {(form: FormData) => Promise<void>} act */
export function form(title, parts, button, act) {
  const go = make("button.btn.act", { type: "submit" }, button);
  const made = make("form.stack.field-form", { novalidate: true }, make("h1", {}, title), ...parts, go);
  made.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (go.disabled) return;
    go.disabled = true;
    try {
      await act(new FormData(made));
    } catch (error) {
      tell(error.message, "alarm");
    } finally {
      go.disabled = false;
    }
  });
  return made;
}

/** A day as its reader says it. */
export const day = (moment) =>
  new Date(moment).toLocaleDateString(document.documentElement.lang, { month: "long", day: "numeric" });
export const clock = (moment) =>
  new Date(moment).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
