// Signing in before orders show: with the key that is here, or by the demonstration's door.

import { openDoor } from "../farm/door.js";
import { current } from "../signing/keys.js";
import { signIn } from "../signing/signin.js";

const back = document.getElementById("stage").dataset.page;

await openDoor(async () => {
  const key = await current();
  if (!key) return false;
  await signIn(key);
  return true;
}, async () => location.replace(back));
