// Warns before the page ends and gets more time without leaving it; the server decides, and other tabs use it too.
"use strict";

{
  const limit = document.querySelector("[data-time-limit]");
  const { dataset } = limit;
  const form = limit.querySelector("form");
  const again = limit.querySelector("#time-again");
  const warned = Number(dataset.warned);
  let ends = Date.now() + Number(dataset.timeLimit) * 1000;
  let timer;
  const say = (text, aloud) => {
    limit.querySelector("[data-time-text]").textContent = text;
    if (aloud) limit.querySelector("[data-time-spoken]").textContent = text;
  };
  const ask = async (options) => {
    const answer = await fetch(dataset.address, { headers: { Accept: "application/json" }, ...options }).catch(() => null);
    const now = answer && answer.ok ? await answer.json() : null;
    if (now && now.person && dataset.person && now.person !== dataset.person) location.reload();
    if (now && "seconds" in now) {
      ends = Date.now() + now.seconds * 1000;
      form.hidden = !now.can_extend;
      again.hidden = now.can_extend || dataset.kind === "journey";
    }
    return now;
  };
  const tick = (aloud) => {
    clearTimeout(timer);
    const seconds = Math.ceil((ends - Date.now()) / 1000);
    const shown = seconds <= warned;
    limit.hidden = !shown;
    if (!shown) {
      timer = setTimeout(async () => tick(await ask()), Math.min((seconds - warned) * 1000, 86400000));
    } else if (seconds > 0) {
      const minutes = Math.ceil(seconds / 60);
      const text = seconds > 60 ? dataset.minutes.replace("{minutes}", minutes) : dataset.seconds.replace("{seconds}", seconds);
      say(text, aloud);
      timer = setTimeout(tick, 1000);
    } else {
      form.hidden = true;
      again.hidden = false;
      say(dataset.over, true);
    }
  };
  const goesOn = () => {
    clearTimeout(timer);
    say(dataset.again, true);
    for (const one of [form, again]) one.hidden = true;
    timer = setTimeout(async () => tick(await ask()), 6000);
  };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const now = await ask({ method: "POST", body: new URLSearchParams(new FormData(form)) });
    delete form.dataset.sent;
    if (!now) form.submit();
    else if (now.seconds > warned) goesOn();
    else tick(true);
  });
  window.addEventListener("focus", async () => {
    if (limit.hidden) return;
    const now = await ask();
    if (now && now.seconds > warned) goesOn();
  });
  tick(true);
}
