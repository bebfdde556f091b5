// The cooperative's members: one without a phone is taken in, gets plots, and is recorded for.

import { mine } from "./data.js";
import { invite } from "./invite.js";
import { areaOf, members, postJson, registerPlot, write } from "./office.js";
import { field, form, make, question, say, show } from "./page.js";

const titles = document.getElementById("stage").dataset;

/** A member in the list: what is done for them most is one tap away. */
export function memberRow(one) {
  const phones = one.keys.filter((key) => !key.revoked);
  const said = phones.length ? say("keys", { n: phones.length }) : say(one.may_sign ? "no_phone" : "keys", { n: 0 });
  return make("div.row", {},
    make("a.tap", { href: `#member=${one.party}` }, make("b", {}, one.name), make("small", {}, said)),
    make("span.right", {}, one.may_sign && make("a.tag.ok", { href: `/farm?for=${one.party}` }, say("record_for"))));
}

/** One member: phones, plots, and what the cooperative may do for them. */
export async function member(party) {
  const one = (await members()).find((known) => known.party === party);
  if (!one) return void (location.hash = "");
  const phones = one.keys.filter((key) => !key.revoked);
  show(make("h1", {}, one.name), make("p.soft.mono", {}, one.party),
    make("p.btns", {},
      one.may_sign && make("a.btn", { href: `/farm?for=${party}` }, say("record_for")),
      phones.length > 0 && make("button.btn.quiet", { type: "button", onclick: () => lost(one, phones) }, say("lost"))),
    make("p.soft", {}, phones.length ? say("keys", { n: phones.length }) : say(one.may_sign ? "no_phone" : "keys", { n: 0 })),
    make("h2", {}, say("plot")),
    make("div.card.rows", {}, ...one.plots.map((plot) => make("div.row", {}, make("b", {}, plot.name),
      plot.area_m2 && make("span", {}, say("mu", { n: (plot.area_m2 * 3 / 2000).toFixed(1).replace(/\.0$/, "") }))))),
    form(say("add_plot"), plotFields(), say("register_plot"), async (data) => {
      const name = data.get("plot").trim();
      if (!name) throw new Error(say("choose_first", { what: say("plot_name") }));
      await registerPlot(one, one.township ?? mine.farm.township, name, areaOf(data.get("area")));
      await member(party);
    }));
}

const plotFields = () => [field("plot", say("plot_name"), {}), field("area", say("area_mu"), { mode: "decimal", optional: true })];

/** Take somebody in who has no phone: the card goes to the vault, the cooperative may sign for them. */
export function newcomer() {
  const card = document.getElementById("newcomer").content.cloneNode(true);
  const township = card.querySelector("[name=township]");
  township.value = mine.farm.township ?? township.value;
  show(form(titles.newcomer, [...card.children, ...plotFields()], say("take_in"), async (data) => {
    const [name, plot] = [data.get("name").trim(), data.get("plot").trim()];
    if (!name) throw new Error(say("choose_first", { what: say("full_name") }));
    const area = areaOf(data.get("area"));
    const { party } = await postJson("/api/coop/members", { name, phone: data.get("phone").trim(), consent: data.has("consent") });
    await write("party.admitted.v1", { party, kind: "person", roles: ["farmer"], township: data.get("township") }, name);
    await write("membership.began.v1", { member: party, may_sign: true }, name);
    if (plot) await registerPlot({ party, name }, data.get("township"), plot, area);
    location.hash = `member=${party}`;
  }));
}

/** A phone is lost: its key is revoked, and a code for the next one is shown. */
async function lost(one, phones) {
  const answer = await question(say("new_phone", { name: one.name }), { yes: say("revoke_and_invite"), look: say("let_me_see") });
  if (answer !== "yes") return;
  for (const phone of phones) {
    await write("key.revoked.v1", { party: one.party, key: phone.key, reason: say("lost") }, one.name);
  }
  await invite(one.party, say("revoked_now"));
}
