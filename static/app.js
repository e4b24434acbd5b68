// What makes Trellis smoother where scripts run. Nothing needs it: each form works without, and where something here
// fails, the form is sent as if this were not there.

const post = { method: "POST", redirect: "manual", headers: { Accept: "text/plain" } };

/** Says it where a screen reader listens; the same words twice are said once. */
function say(place, words) {
  if (place.textContent !== words) place.textContent = words;
}

// ---------- a fault in a form: the summary is read first ----------

document.querySelector(".nhsuk-error-summary")?.focus();

// ---------- a step is marked where one stands: [data-in-place] sends, [data-live] is exchanged ----------

const said = document.createElement("p");
said.className = "nhsuk-u-visually-hidden";
said.setAttribute("role", "status");
document.querySelector("main")?.append(said);

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || !form.matches("[data-in-place]")) return;
  event.preventDefault();
  if (form.dataset.sent) return;
  form.dataset.sent = "yes";
  const sendPlainly = () => form.submit();
  // Its parser is one that Trusted Types leave alone: no script of the answer runs.
  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.responseType = "document";
  request.timeout = 8000;
  request.onload = () => exchange(request) || sendPlainly();
  request.onerror = request.ontimeout = sendPlainly;
  request.send(new URLSearchParams(new FormData(form)));
});

/** Takes what lives from the page that came back; false if it is another page. */
function exchange({ status, response, responseURL }) {
  if (status !== 200 || !response || new URL(responseURL).pathname !== location.pathname) return false;
  const old = [...document.querySelectorAll("[data-live]")];
  const fresh = old.map((part) => response.querySelector(`[data-live="${part.dataset.live}"]`));
  if (fresh.includes(null)) return false;
  old.forEach((part, n) => part.replaceWith(document.importNode(fresh[n], true)));
  document.querySelectorAll(".app-flash").forEach((flash) => flash.remove());
  document.querySelector('[data-live="finish"] :is(a, button)')?.focus({ preventScroll: true });
  say(said, response.querySelector(".app-flash")?.textContent ?? "");
  return true;
}

// ---------- drafts: each form with a button [data-draft] ----------

const PAUSE = 1500;
const AGAIN = 5000;

function keepDrafts(button) {
  const { form } = button;
  const state = form.querySelector("[role=status]");
  let unkept = false;
  let timer;
  let keeping;

  const later = (wait) => {
    clearTimeout(timer);
    timer = setTimeout(keep, wait);
  };

  function keep() {
    clearTimeout(timer);
    if (keeping) return keeping.then(keep);
    keeping = send({ signal: AbortSignal.timeout(8000) }).finally(() => (keeping = undefined));
    return keeping;
  }

  function send(how) {
    unkept = false;
    const body = new URLSearchParams(new FormData(form));
    body.set(button.name, button.value);
    return fetch(button.formAction, { ...post, ...how, body }).then(told, () => told({ status: 503 }));
  }

  function told({ status }) {
    if (status === 204) {
      const time = new Date().toLocaleTimeString(document.documentElement.lang, { timeStyle: "short" });
      say(state, `Draft kept at ${time}`);
    } else if (status === 429 || status >= 500) {
      unkept = true;
      say(state, "Your draft is not kept yet: there is no connection. We keep trying.");
      later(AGAIN);
    } else if (status === 0 || status === 403) {
      say(state, "Your draft is not kept: you are signed out. Copy what you wrote before you leave this page.");
    } else {
      say(state, "Your draft is not kept: it is too long.");
    }
  }

  form.addEventListener("input", () => {
    unkept = true;
    later(PAUSE);
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden && unkept) send({ keepalive: true });
  });
  addEventListener("online", () => {
    if (unkept) keep();
  });
  form.addEventListener("submit", (event) => {
    if (event.submitter === button) {
      event.preventDefault();
      keep();
    } else if (event.submitter?.name === button.name) {
      clearTimeout(timer);
      unkept = false;
    } else if (!navigator.onLine) {
      event.preventDefault();
      say(state, "Nothing was sent: there is no connection. What you wrote stays here.");
    } else if (unkept || keeping) {
      // What is typed last is kept first, so that nothing is lost if the form goes astray; and no draft comes after it.
      event.preventDefault();
      const { submitter } = event;
      (unkept ? keep() : keeping).finally(() => {
        clearTimeout(timer);
        unkept = false;
        form.requestSubmit(submitter);
      });
    }
  });
}

const isAble = "requestSubmit" in HTMLFormElement.prototype && "timeout" in AbortSignal;
if (isAble) document.querySelectorAll("[data-draft]").forEach(keepDrafts);

// ---------- names behind an @ are offered: form[data-names] ----------

const NAME = /(?:^|[\s(])@(\p{L}[\p{L}\p{M}'’. -]{0,40})$/u;
const people = location.pathname.match(/^\/cohorts\/[^/]+/)?.[0] + "/people/names?q=";

function offerNames(area, number) {
  const list = document.createElement("ul");
  const count = document.createElement("p");
  list.id = `names-${number}`;
  list.className = "app-names";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "People");
  count.className = "nhsuk-u-visually-hidden";
  count.setAttribute("role", "status");
  area.after(list, count);
  area.setAttribute("aria-autocomplete", "list");
  area.setAttribute("aria-controls", list.id);
  let timer;
  let asked = "";

  const typed = () => area.value.slice(0, area.selectionStart).match(NAME)?.[1] ?? "";
  const chosen = () => list.querySelector("[aria-selected=true]");

  function close() {
    asked = "";
    list.hidden = true;
    list.replaceChildren();
    area.removeAttribute("aria-activedescendant");
    say(count, "");
  }

  function choose(option) {
    chosen()?.setAttribute("aria-selected", "false");
    option.setAttribute("aria-selected", "true");
    area.setAttribute("aria-activedescendant", option.id);
  }

  function take(option) {
    const end = area.selectionStart;
    area.setRangeText(`${option.textContent} `, end - typed().length, end, "end");
    close();
    area.focus();
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function show(names) {
    const options = names.map((name, n) => {
      const option = document.createElement("li");
      option.id = `${list.id}-${n}`;
      option.textContent = name;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      // The field keeps its focus.
      option.addEventListener("mousedown", (event) => event.preventDefault());
      option.addEventListener("click", () => take(option));
      return option;
    });
    list.replaceChildren(...options);
    list.hidden = options.length === 0;
    area.removeAttribute("aria-activedescendant");
    say(count, options.length ? `${options.length} ${options.length === 1 ? "person" : "people"}. Choose with the arrow keys and Enter.` : "");
  }

  async function look() {
    const name = typed();
    if (!name || name === asked) return name || close();
    asked = name;
    try {
      const answer = await fetch(people + encodeURIComponent(name), { headers: { Accept: "application/json" }, redirect: "error" });
      const names = answer.ok ? await answer.json() : [];
      if (asked === name) show(names.some((one) => one.toLowerCase() === name.trim().toLowerCase()) ? [] : names);
    } catch {
      close();
    }
  }

  area.addEventListener("input", () => {
    clearTimeout(timer);
    if (typed()) timer = setTimeout(look, 150);
    else close();
  });
  area.addEventListener("blur", close);
  area.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    const all = [...list.children];
    const at = all.indexOf(chosen());
    if (event.key === "ArrowDown") choose(all[(at + 1) % all.length]);
    else if (event.key === "ArrowUp") choose(all[(at < 1 ? all.length : at) - 1]);
    else if (event.key === "Enter" && at >= 0) take(all[at]);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  });
}

document.querySelectorAll("[data-names] textarea").forEach(offerNames);

// ---------- a file goes into a box of the form: [data-fills] names the box ----------

/** UTF-8 where it is that, otherwise what spreadsheets on Windows write. */
async function textOf(file) {
  const bytes = await file.arrayBuffer();
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

document.querySelectorAll("[data-fills]").forEach((place) => {
  const box = document.getElementById(place.dataset.fills);
  const input = place.querySelector("input");
  place.hidden = false;
  input.addEventListener("change", async () => {
    const file = input.files[0];
    if (!file) return;
    box.value = await textOf(file);
    say(place.querySelector("[role=status]"), `What is in ${file.name} stands in the box now.`);
  });
});

// ---------- a saved answer goes into the text where one writes: button[data-insert] ----------

document.querySelectorAll("[data-insert]").forEach((button) => {
  const { form } = button;
  const area = form.querySelector("textarea");
  button.addEventListener("click", (event) => {
    event.preventDefault();
    const fields = new URLSearchParams(new FormData(form));
    fields.set(button.name, button.value);
    const request = new XMLHttpRequest();
    const sendPlainly = () => form.requestSubmit(button);
    request.open("POST", form.action);
    request.responseType = "document";
    request.timeout = 8000;
    request.onload = () => {
      const fresh = request.status === 200 && request.response?.getElementById(area.id);
      if (!fresh) return sendPlainly();
      area.value = fresh.value;
      area.focus();
      area.dispatchEvent(new Event("input", { bubbles: true }));
    };
    request.onerror = request.ontimeout = sendPlainly;
    request.send(fields);
  });
});

// ---------- a film goes on where one stopped: video[data-film] ----------

document.querySelectorAll("[data-film]").forEach((film) => {
  const { film: address, token } = film.dataset;
  let kept = 0;

  function keep(how) {
    const seconds = film.ended ? 0 : Math.floor(film.currentTime);
    if (seconds === kept) return;
    kept = seconds;
    fetch(address, { ...post, ...how, body: new URLSearchParams({ seconds, form_token: token }) }).catch(() => (kept = -1));
  }

  film.addEventListener("timeupdate", () => Math.abs(film.currentTime - kept) > 15 && keep());
  film.addEventListener("pause", () => keep());
  document.addEventListener("visibilitychange", () => document.hidden && keep({ keepalive: true }));
});

// ---------- word of new posts: [data-fresh] says it, and its address is where it is heard ----------

const fresh = document.querySelector("[data-fresh]");
let heard;

function listen() {
  if (!fresh || heard || document.hidden || !("EventSource" in window)) return;
  heard = new EventSource(fresh.dataset.fresh);
  heard.onmessage = ({ data }) => {
    const { words, href } = JSON.parse(data);
    const way = document.createElement("a");
    way.href = href;
    way.textContent = words;
    if (fresh.textContent !== words) fresh.replaceChildren(way);
  };
}

/** A page that nobody looks at leaves the connection to those that are read. */
function stopListening() {
  heard?.close();
  heard = undefined;
}

document.addEventListener("visibilitychange", () => (document.hidden ? stopListening() : listen()));
addEventListener("pagehide", stopListening);
addEventListener("pageshow", listen);
listen();

// ---------- a form is sent once ----------

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.getAttribute("method") !== "post") return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
  setTimeout(() => delete form.dataset.sent, 5000);
});
addEventListener("pageshow", () => document.querySelectorAll("[data-sent]").forEach((form) => delete form.dataset.sent));
