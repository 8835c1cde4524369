// Small comforts. Every page works without this file.
"use strict";

// After an error the reader starts at the summary, not at the top of the page.
const summary = document.querySelector("[data-focus]");
if (summary) summary.focus();

// Show and hide a password; it is hidden again before it is sent, so that browsers do not remember it as text.
for (const button of document.querySelectorAll(".tx-password-show")) {
  const input = document.getElementById(button.getAttribute("aria-controls"));
  const show = (shown) => {
    input.type = shown ? "text" : "password";
    button.setAttribute("aria-pressed", String(shown));
    button.textContent = shown ? button.dataset.hide : button.dataset.show;
  };
  button.hidden = false;
  button.addEventListener("click", () => show(input.type === "password"));
  input.form.addEventListener("submit", () => show(false));
}

// One press sends a form once. Buttons are not disabled: a disabled one would not send its value.
for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    if (event.submitter) event.submitter.setAttribute("aria-busy", "true");
  });
}
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
  }
});

// Counts down until another code may be asked for; the server decides in any case.
for (const button of document.querySelectorAll("[data-resend-after]")) {
  const label = button.textContent;
  const due = Date.now() + Number(button.dataset.resendAfter) * 1000;
  const tick = () => {
    const seconds = Math.ceil((due - Date.now()) / 1000);
    button.disabled = seconds > 0;
    button.textContent = seconds > 0 ? button.dataset.wait.replace("{seconds}", String(seconds)) : label;
    if (seconds > 0) setTimeout(tick, 1000);
  };
  tick();
}

// A picture from a phone's camera is far larger than a comparison needs: made smaller before it is sent.
for (const input of document.querySelectorAll("input[data-shrink]")) {
  input.addEventListener("change", async () => {
    const file = input.files[0];
    const longest = Number(input.dataset.shrink);
    const bitmap = file && (await createImageBitmap(file).catch(() => null));
    if (!bitmap || Math.max(bitmap.width, bitmap.height) <= longest) return;
    const scale = longest / Math.max(bitmap.width, bitmap.height);
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(bitmap.width * scale);
    canvas.height = Math.round(bitmap.height * scale);
    canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
    if (!blob || input.files[0] !== file) return;
    const smaller = new DataTransfer();
    smaller.items.add(new File([blob], "face.jpg", { type: "image/jpeg" }));
    input.files = smaller.files;
  });
}

// Shows how the sites learn of a logout, for half a minute.
const progress = document.querySelector("[data-progress]");
if (progress) {
  for (const link of document.querySelectorAll("[data-without-script]")) link.hidden = true;
  let tries = 0;
  const ask = async () => {
    tries += 1;
    const answer = await fetch(progress.dataset.progress, { headers: { Accept: "application/json" } }).catch(() => null);
    const sites = answer && answer.ok ? (await answer.json()).sites : [];
    for (const site of sites) {
      const row = progress.querySelector(`[data-site="${CSS.escape(site.id)}"]`);
      if (row && row.dataset.state !== site.state) row.dataset.state = site.state;
    }
    if (tries < 20 && progress.querySelector("[data-state=pending]")) setTimeout(ask, 1500);
    else for (const link of document.querySelectorAll("[data-without-script]")) link.hidden = false;
  };
  setTimeout(ask, 800);
}

// Asks whether the phone has answered the QR code, then sends the form that collects the answer.
const waiting = document.querySelector("form[data-waiting]");
if (waiting) {
  const due = Date.now() + Number(waiting.dataset.seconds) * 1000;
  const ask = async () => {
    const answer = await fetch(waiting.dataset.waiting, { headers: { Accept: "application/json" } }).catch(() => null);
    const state = answer && answer.ok ? (await answer.json()).state : "waiting";
    if (waiting.dataset.sent) return;
    if (state !== "waiting" || Date.now() > due) waiting.requestSubmit();
    else setTimeout(ask, 2000);
  };
  setTimeout(ask, 2000);
}

// Counts down to the end of an assisted session, and says so aloud once when it is near; the server decides.
for (const box of document.querySelectorAll("[data-countdown]")) {
  const ends = Date.now() + Number(box.dataset.countdown) * 1000;
  const text = box.querySelector("[data-countdown-text]");
  const spoken = box.querySelector("[data-countdown-status]");
  const tick = () => {
    const seconds = Math.max(0, Math.ceil((ends - Date.now()) / 1000));
    text.textContent = box.dataset.sentence.replace("{seconds}", String(seconds));
    if (seconds <= Number(box.dataset.warn) && !spoken.textContent) {
      box.classList.add("tx-hintbox-warning");
      spoken.textContent = spoken.dataset.warning;
    }
    if (seconds > 0) setTimeout(tick, 1000);
    // Later than the server's own end, which a page that is opened before would put off.
    else setTimeout(() => location.reload(), 2500);
  };
  tick();
}

// Changes the type's size without leaving a page on which something was typed; else the page comes anew.
const isTyped = (field) =>
  field.type === "checkbox" || field.type === "radio"
    ? field.checked !== field.defaultChecked
    : "defaultValue" in field && field.type !== "hidden" && field.value !== field.defaultValue;
for (const form of document.querySelectorAll("form[data-display]")) {
  form.addEventListener("submit", (event) => {
    if (![...document.querySelectorAll("input, textarea")].some(isTyped)) return;
    event.preventDefault();
    const button = form.querySelector("button");
    const body = new URLSearchParams(new FormData(form, button));
    fetch(form.action, { method: "POST", headers: { Accept: "application/json" }, body });
    if (button.value === "elder") document.documentElement.dataset.mode = "elder";
    else delete document.documentElement.dataset.mode;
    for (const more of document.querySelectorAll(".tx-more")) more.open = button.value !== "elder";
    button.value = button.value === "elder" ? "standard" : "elder";
    [button.textContent, button.dataset.other] = [button.dataset.other, button.textContent];
    delete form.dataset.sent;
    button.removeAttribute("aria-busy");
  });
}

// Printing needs a script; without one the browser's own menu does it.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
