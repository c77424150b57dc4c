// The page of one submission: keeps what is entered safe, counts the time, warns of gold values, fetches files.
"use strict";

const SAVE_AFTER = 700; // milliseconds from the first unsaved keystroke on, not from the last
const TRY_AGAIN = 2000;
const TELL_TIME = 5000;
const CHECK_AFTER = 400;
const KEPT_ALIVE = 60000; // characters; browsers refuse to send more from a page that is left
const LONGEST_TICK = 2; // seconds; a machine that slept has not worked
const LIMIT = 20 * 60;

const form = document.getElementById("rubric");
const fields = [...form.querySelectorAll("fieldset")];
const address = form.dataset.address;
const memory = `review ${form.dataset.key}`; // what is not known to be saved outlives a reload here
const tab = String(crypto.getRandomValues(new Uint32Array(2)).join("-"));

let sequence = 0;
let revision = Number(form.dataset.revision);
let seconds = Number(form.dataset.seconds);
let savedSeconds = seconds;
let saved = ""; // the entries that the server is known to have, as JSON
let timer = 0; // of the next save
let line = Promise.resolve(); // requests that change something go one after the other
let isInConflict = false;
let isPaused = sessionStorage.getItem(`${memory} paused`) === "yes";

// What is entered.

function entries() {
  const found = {};
  for (const field of fields) {
    const entry = {};
    const checked = field.querySelector("input:checked");
    const note = field.querySelector("textarea").value;
    if (checked) entry.finding = checked.value;
    if (note) entry.note = note;
    if (checked || note) found[field.dataset.criterion] = entry;
  }
  return found;
}

function enter(known) {
  for (const field of fields) {
    const entry = known[field.dataset.criterion] || {};
    for (const radio of field.querySelectorAll("input")) radio.checked = radio.value === entry.finding;
    field.querySelector("textarea").value = entry.note || "";
    checkForGold(field);
  }
  count();
}

// The same entries give the same text, whatever order they came in.
function text(known) {
  return JSON.stringify(
    fields.map((field) => {
      const entry = known[field.dataset.criterion] || {};
      return [entry.finding || "", entry.note || ""];
    }),
  );
}

function isChanged() {
  return text(entries()) !== saved;
}

function count() {
  const marked = form.querySelectorAll("input:checked").length;
  document.getElementById("marked").textContent = `${marked} of ${fields.length} criteria marked`;
}

// Saving.

function change(known) {
  sequence += 1;
  return JSON.stringify({ tab, sequence, revision, seconds: Math.round(seconds * 10) / 10, entries: known });
}

function post(what, body, isLeaving = false) {
  return fetch(`${address}/${what}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body,
    keepalive: isLeaving && body.length < KEPT_ALIVE,
  });
}

function say(words, isTrouble = false) {
  const place = document.getElementById("saved");
  if (place.textContent !== words) place.textContent = words;
  place.classList.toggle("bad", isTrouble);
}

// Rarely changed, for it is read out.
function warn(words, ...buttons) {
  const place = document.getElementById("trouble");
  if (place.dataset.words === words) return;
  place.dataset.words = words;
  place.replaceChildren();
  if (words) place.append(made("p", words), ...buttons);
}

function made(kind, words, act) {
  const element = document.createElement(kind);
  element.textContent = words;
  if (act) {
    element.type = "button";
    element.addEventListener("click", act);
  }
  return element;
}

function soon(milliseconds = SAVE_AFTER) {
  if (timer || isInConflict) return;
  timer = setTimeout(() => {
    timer = 0;
    save();
  }, milliseconds);
}

function save() {
  line = line.then(() => send("save"));
  return line;
}

// Sends what stands here now; the answer to a save says what the server has, and anything else is told.
async function send(what) {
  if (isInConflict) return null;
  const known = entries();
  const hadChanged = isChanged();
  try {
    const response = await post(what, change(known));
    if (response.status === 409) {
      collide(await response.json(), hadChanged);
      return null;
    }
    if (response.status !== 200 && response.status !== 422) throw new Error(await response.text());
    const told = await response.json();
    acknowledge(told, known);
    return { ...told, status: response.status };
  } catch (error) {
    const isGone = error instanceof TypeError; // what fetch raises when nobody answers
    const why = isGone ? "hapi review does not answer" : String(error.message || error);
    say("Not saved", true);
    warn(`Not saved: ${why}. What you entered stays on this page, and is tried again.`);
    soon(TRY_AGAIN);
    return null;
  }
}

function acknowledge(told, known) {
  revision = told.revision;
  seconds = Math.max(seconds, told.seconds);
  savedSeconds = told.seconds;
  saved = text(known);
  if (!isInConflict) warn("");
  if (isChanged()) {
    soon();
  } else {
    sessionStorage.removeItem(memory);
    say("Saved");
  }
}

// Another page has saved meanwhile. Who has entered nothing here simply sees that; otherwise it takes a decision.
function collide(other, hadChanged) {
  if (!hadChanged && !isChanged()) {
    load(other);
    return;
  }
  isInConflict = true;
  say("Not saved", true);
  warn(
    "This review was changed in another tab or window. What you entered here stays on this page, but is not saved.",
    made("button", "Load the other state", () => load(other)),
    made("button", "Save mine in its place", () => {
      isInConflict = false;
      revision = other.revision;
      warn("");
      save();
    }),
  );
}

function load(other) {
  isInConflict = false;
  revision = other.revision;
  seconds = Math.max(seconds, other.seconds);
  saved = text(other.entries);
  enter(other.entries);
  sessionStorage.removeItem(memory);
  warn("");
  say("Saved");
}

function entered(event) {
  sessionStorage.setItem(memory, JSON.stringify({ revision, entries: entries() }));
  count();
  if (!isInConflict) say("Saving…");
  soon();
  if (event.target.matches("textarea")) checkSoon(event.target.closest("fieldset"));
}

// The page may be gone at once, so this does not wait for what is under way; the sequence tells which came last.
function leave() {
  if (isInConflict || (!isChanged() && seconds - savedSeconds < 1)) return;
  post("save", change(entries()), true).catch(() => {});
}

// Gold values in notes.

const waiting = new Map();

function checkSoon(field) {
  clearTimeout(waiting.get(field));
  waiting.set(field, setTimeout(() => checkForGold(field), CHECK_AFTER));
}

async function checkForGold(field) {
  const note = field.querySelector("textarea").value;
  if (!note) {
    warnOfGold(field, "");
    return;
  }
  try {
    const response = await post("gold", JSON.stringify({ text: note }));
    const told = await response.json();
    if (field.querySelector("textarea").value === note) warnOfGold(field, told.gives_away.join(", "));
  } catch {
    // That nobody answers is told where it is saved.
  }
}

function warnOfGold(field, facts) {
  const place = field.querySelector(".gold");
  const words = facts && `This note gives away what the agent must find out: ${facts}. Say where and why, not what.`;
  if (place.textContent !== words) place.textContent = words;
}

// Time.

let before = performance.now();

function tick() {
  const now = performance.now();
  if (!isPaused && !document.hidden) seconds += Math.min((now - before) / 1000, LONGEST_TICK);
  before = now;
  const whole = Math.floor(seconds);
  const place = document.getElementById("time");
  place.textContent = `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
  place.parentElement.classList.toggle("over", whole >= LIMIT);
}

function showPause() {
  const button = document.getElementById("pause");
  button.setAttribute("aria-pressed", String(isPaused));
  button.closest(".clock").classList.toggle("paused", isPaused);
}

function pause() {
  tick();
  isPaused = !isPaused;
  sessionStorage.setItem(`${memory} paused`, isPaused ? "yes" : "");
  showPause();
  if (isPaused) soon();
}

// Finishing.

function finish() {
  line = line.then(async () => {
    const place = document.getElementById("finished");
    const told = await send("finish");
    if (!told) return;
    if (told.status === 422) {
      const words = `Nothing is finished yet: ${told.lacking.length} criteria need a finding.`;
      place.replaceChildren(made("p", words), links(told.lacking));
    } else {
      place.replaceChildren(made("p", `Finished: ${told.minutes} minutes, saved as ${told.file}.`));
    }
    place.focus();
  });
}

function links(names) {
  const list = document.createElement("ul");
  for (const field of fields.filter((one) => names.includes(one.dataset.criterion))) {
    const link = made("a", field.querySelector("legend").firstChild.textContent.trim());
    link.href = `#${field.id}`;
    const item = document.createElement("li");
    item.append(link);
    list.append(item);
  }
  return list;
}

// Files. What the server sends is escaped there, and the page's policy lets nothing in it run.

let fetching = Promise.resolve();

function show(details) {
  if (!details.open || details.dataset.asked) return;
  details.dataset.asked = "yes";
  const place = details.querySelector(".shown");
  fetching = fetching.then(async () => {
    try {
      const response = await fetch(details.dataset.address);
      if (!response.ok) throw new Error(await response.text());
      place.innerHTML = await response.text();
    } catch (error) {
      delete details.dataset.asked; // folding and unfolding tries again
      place.replaceChildren(made("p", `This file cannot be shown: ${error.message}`));
    }
  });
}

// Beginning.

function begin() {
  saved = text(entries());
  for (const place of form.querySelectorAll(".gold")) warnOfGold(place.closest("fieldset"), place.dataset.facts);
  const unsaved = sessionStorage.getItem(memory);
  if (unsaved) {
    const known = JSON.parse(unsaved);
    revision = known.revision;
    enter(known.entries);
    save();
  }
  count();
  showPause();
  tick();
  form.addEventListener("input", entered);
  form.addEventListener("submit", (event) => event.preventDefault());
  document.getElementById("pause").addEventListener("click", pause);
  document.getElementById("finish").addEventListener("click", finish);
  for (const details of document.querySelectorAll("details.file")) {
    details.addEventListener("toggle", () => show(details));
    show(details);
  }
  setInterval(tick, 250);
  setInterval(() => {
    if (seconds - savedSeconds >= 1) soon(0);
  }, TELL_TIME);
  document.addEventListener("visibilitychange", () => {
    tick();
    if (document.hidden) leave();
  });
  addEventListener("pagehide", leave);
}

begin();
