// What is being written saves itself on the server: two seconds after typing stops, and when the page is left.
// Owner: a form (or one field) with data-draft-url; its text fields go there under their own names, see drafts/views.py,
// and so do the choices and lists that carry data-draft.
// The state is told in the element "<field id>_draft" or [data-draft-state] of the form. Nothing is kept in the browser.
// A form that is short and soon sent saves sooner: data-draft-pause, in milliseconds. Who has taken text out of a form on its
// way to the server puts it back into the draft at "ff:draft-text", and tells with ff.draftSent and ff.draftDropped.
(() => {
  "use strict";

  const PAUSE = 2000;
  const AGAIN = [5000, 10000, 30000];
  const LIMIT = 10000;
  const SENDING = 30000;
  const TEXTS = "textarea, input[type=text], input[type=search], input[type=tel], input:not([type])";
  const TICKS = "input[type=checkbox][data-draft], input[type=radio][data-draft]";
  const CHOICES = `${TICKS}, select[data-draft]`;
  const states = new Map();

  const clock = () => new Date().toLocaleTimeString("da-DK", { hour: "2-digit", minute: "2-digit" }).replace(":", ".");
  const token = () => {
    const field = document.querySelector("input[name=csrfmiddlewaretoken]");
    if (field) return field.value;
    try {
      return JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
    } catch {
      return "";
    }
  };

  const pauseOf = (owner) => Number(owner.dataset.draftPause) || PAUSE;
  const isEmpty = (body) => [...body.values()].every((value) => !value.trim());
  const ownerOf = (element) => element.closest?.("[data-draft-url]") || element.form?.closest("[data-draft-url]") || null;
  const kept = (field) => field.name && !field.name.startsWith("_") && field.type !== "password" && !field.matches(".ff-w-cpr");
  const fieldsOf = (owner) => (owner.matches("form") ? [...owner.elements].filter((field) => field.matches(`${TEXTS}, ${CHOICES}`)) : [owner]).filter(kept);

  function textOf(owner) {
    const body = new URLSearchParams();
    for (const field of fieldsOf(owner)) if (!field.matches(TICKS) || field.checked) body.append(field.name, field.value);
    owner.dispatchEvent(new CustomEvent("ff:draft-text", { bubbles: true, detail: body }));
    return body;
  }

  // What stood in the field when the page came.
  function firstOf(field) {
    if (field.matches("select")) return [...field.options].find((option) => option.defaultSelected)?.value ?? field.value;
    return field.matches(TICKS) ? field.value : field.defaultValue;
  }

  function stateOf(owner) {
    if (!states.has(owner)) {
      const first = new URLSearchParams();
      for (const field of fieldsOf(owner)) if (!field.matches(TICKS) || field.defaultChecked) first.append(field.name, firstOf(field));
      states.set(owner, { timer: 0, tries: 0, saved: first.toString(), busy: false, sending: null, dropped: false, at: null, sentAt: 0 });
    }
    return states.get(owner);
  }

  function show(owner, words, kind) {
    const state = stateOf(owner);
    const near = state.at && document.getElementById(`${state.at.id}_draft`);
    const place = near || owner.querySelector?.("[data-draft-state]") || state.place || owner.querySelector?.(".ff-draft") || document.getElementById(`${owner.id}_draft`);
    if (state.place && state.place !== place) state.place.textContent = ""; // one form, one state: where the hand is
    if (!place) return;
    state.place = place;
    place.className = `ff-draft state ${kind}`;
    if (place.textContent !== words) place.textContent = words;
  }

  const isSaved = (owner) => textOf(owner).toString() === stateOf(owner).saved;

  // The draft is asked to outlive the page, as far as the browser lets it: 60 kB.
  const post = (owner, text) =>
    fetch(owner.dataset.draftUrl, {
      method: "POST",
      body: new URLSearchParams(text),
      headers: { "X-CSRFToken": token(), "X-FF-Draft": "1" },
      credentials: "same-origin",
      redirect: "error",
      keepalive: text.length < 60000,
      signal: AbortSignal.timeout(LIMIT),
    });

  // last: the page is being left, so what is on its way is not waited for.
  async function save(owner, { last = false } = {}) {
    const state = stateOf(owner);
    const text = textOf(owner).toString();
    if (text === state.saved || text === state.sending || (state.busy && !last)) return;
    state.busy = true;
    state.sending = text;
    try {
      let answer = await post(owner, text);
      if (answer.headers.has("X-FF-Renew") && (await window.ff?.renew?.())) answer = await post(owner, text);
      if (!answer.ok) throw new Error(String(answer.status));
      state.saved = text;
      state.tries = 0;
      show(owner, isEmpty(new URLSearchParams(text)) ? "" : `Gemt som kladde kl. ${clock()}`, "state--ok");
      owner.dispatchEvent(new CustomEvent("ff:draft-saved", { bubbles: true }));
    } catch (error) {
      failed(owner, state, error.message);
    } finally {
      state.busy = false;
      state.sending = null;
    }
    if (state.dropped) dropped(owner);
    else if (state.saved === text && !isSaved(owner)) later(owner, pauseOf(owner));
  }

  // The server has let the draft go with the text it has just saved for good. What is still being written is saved anew;
  // a save that was on its way meanwhile may have come after, so it is followed by another.
  function dropped(owner) {
    const state = stateOf(owner);
    const body = textOf(owner);
    clearTimeout(state.timer);
    state.sentAt = 0;
    if (state.busy) state.dropped = true;
    else if (isEmpty(body) && !state.dropped) {
      state.saved = body.toString();
      show(owner, "", "");
    } else {
      state.dropped = false;
      state.saved = null;
      save(owner);
    }
  }

  function sent(owner) {
    const state = stateOf(owner);
    clearTimeout(state.timer);
    state.sentAt = Date.now();
  }

  function failed(owner, state, why) {
    if (why === "413" || why === "422") {
      show(owner, "Teksten er for lang til at blive gemt. Gør den kortere.", "state--late");
      return;
    }
    if (why === "403" || why === "404") {
      show(owner, "Kladden kan ikke gemmes her. Kopiér din tekst, før du lukker siden.", "state--late");
      return;
    }
    if (why === "401") {
      show(owner, "Du er logget af, og det nyeste er ikke gemt. Log ind i et nyt vindue. Vi prøver igen.", "state--late");
    } else {
      show(owner, "Ikke gemt endnu. Vi prøver igen.", "state--warn");
    }
    later(owner, AGAIN[Math.min(state.tries, AGAIN.length - 1)]);
    state.tries += 1;
  }

  function later(owner, pause) {
    const state = stateOf(owner);
    clearTimeout(state.timer);
    state.timer = setTimeout(() => save(owner), pause);
  }

  document.addEventListener("input", (event) => {
    const field = event.target;
    if (!field.matches?.(`${TEXTS}, ${CHOICES}`) || !kept(field)) return;
    const owner = ownerOf(field);
    if (!owner) return;
    const state = stateOf(owner);
    state.at = field;
    state.sentAt = 0;
    if (isSaved(owner)) return;
    show(owner, "Ikke gemt endnu.", "");
    later(owner, pauseOf(owner));
  });

  function forget() {
    for (const [owner, state] of states) {
      if (owner.isConnected) continue;
      clearTimeout(state.timer);
      states.delete(owner);
    }
  }
  const pending = () => {
    forget();
    return [...states.keys()].filter((owner) => !isSaved(owner));
  };

  window.addEventListener("online", () => pending().forEach((owner) => save(owner)));
  // Before the next page is asked for, so that it comes with the last words when it is this one again.
  const leave = () => pending().filter((owner) => Date.now() - stateOf(owner).sentAt > SENDING).forEach((owner) => save(owner, { last: true }));
  window.addEventListener("beforeunload", leave);
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") leave(); });
  // The form itself is being sent: no draft may arrive after it, not even when the page is left for the answer.
  document.addEventListener("submit", (event) => {
    for (const owner of states.keys()) {
      if (owner === event.target || owner.form === event.target || event.target.contains(owner)) sent(owner);
    }
  });

  window.ff = Object.assign(window.ff || {}, {
    saveDrafts: () => Promise.all(pending().map((owner) => save(owner))),
    saveDraft: (owner) => { stateOf(owner).sentAt = 0; return save(owner); },
    draftSent: sent,
    draftDropped: dropped,
    draftsPending: () => pending().length,
  });
})();
