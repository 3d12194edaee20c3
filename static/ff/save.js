// A failed save is always seen, and says what to do; what was typed stays in its field.
// htmx requests: the answer's status, no answer at all, and the time limit. Plain forms: a warning before leaving.
(() => {
  "use strict";

  const SENTENCES = {
    400: "Det kunne vi ikke læse, og det er ikke gemt. Kopiér din tekst, hent siden igen, og prøv en gang til.",
    401: "Du er logget af, og det er ikke gemt. Din tekst står her stadig. Log ind i et nyt vindue, og prøv så igen.",
    403: "Det er ikke gemt. Du har ikke adgang til det, eller siden er for gammel. Kopiér din tekst, og hent siden igen.",
    404: "Det er ikke gemt. Siden findes ikke mere, eller du har ikke adgang til den. Kopiér din tekst.",
    405: "Det er ikke gemt. Kopiér din tekst, hent siden igen, og prøv en gang til.",
    409: "En anden har gemt imens, så din tekst er ikke gemt. Den står her stadig. Hent siden i et nyt vindue, og se forskellen.",
    413: "Det er for meget på én gang og er ikke gemt. Del teksten i mindre stykker.",
    422: "Det er ikke gemt. Ret de felter, der er markeret.",
    429: "Det gik for hurtigt, og det er ikke gemt. Vent et minut, og prøv igen.",
    500: "Noget gik galt hos os, og det er ikke gemt. Din tekst står her stadig. Prøv igen om lidt.",
    503: "Vi kan ikke gemme lige nu. Din tekst står her stadig. Prøv igen om et øjeblik.",
    offline: "Der er ingen forbindelse til nettet, så det er ikke gemt. Din tekst står her stadig. Prøv igen, når du er på nettet.",
    nothing: "Vi kan ikke få fat i serveren, så det er ikke gemt. Din tekst står her stadig. Prøv igen om lidt.",
    slow: "Serveren svarer ikke, så vi ved ikke, om det er gemt. Din tekst står her stadig. Prøv igen: det bliver ikke gemt to gange.",
  };
  const IS_LONG = 1800; // ms: with no answer by then, the person is told that it is not saved yet

  const region = () => document.getElementById("ff-alert");

  function tell(sentence, { retry = null, kind = "is-late", login = "" } = {}) {
    const box = region();
    if (!box) return;
    const message = document.createElement("div");
    message.className = `ff-msg ${kind}`;
    const words = document.createElement("p");
    words.textContent = sentence;
    const acts = document.createElement("div");
    acts.className = "ff-actions";
    if (login) acts.append(signIn(login));
    if (retry) acts.append(button("Prøv igen", () => { clear(); retry(); }));
    acts.append(button("Luk beskeden", clear));
    message.append(words, acts);
    box.replaceChildren(message);
  }

  function button(words, act) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "button button-secondary ff-act";
    made.textContent = words;
    made.addEventListener("click", act);
    return made;
  }

  // Beside the page, which keeps what was typed.
  function signIn(url) {
    const made = document.createElement("a");
    made.className = "button button-primary ff-act";
    made.href = url;
    made.target = "_blank";
    made.textContent = "Log ind i et nyt vindue";
    return made;
  }

  function clear() {
    region()?.replaceChildren();
  }

  function sentenceOf(xhr) {
    // The server's own sentence wins: it knows who can.
    if (xhr.responseText && (xhr.getResponseHeader("Content-Type") || "").includes("html")) {
      const page = new DOMParser().parseFromString(xhr.responseText, "text/html");
      const said = page.querySelector("[data-ff-message]");
      if (said) return said.textContent.trim();
    }
    return SENTENCES[xhr.status] || (xhr.status >= 500 ? SENTENCES[500] : SENTENCES[400]);
  }

  const isPoll = (detail) => detail.requestConfig?.headers?.["X-FF-Poll"] === "1";
  const writes = (detail) => (detail.requestConfig?.verb || "get") !== "get";
  // The same act once more: a form as it stands now, or the line of a sheet that saves itself.
  const again = ({ requestConfig }) => {
    const from = requestConfig?.elt;
    const because = requestConfig?.triggeringEvent;
    if (from?.matches?.("form")) return () => from.requestSubmit(because?.submitter);
    return from?.isConnected && because ? () => window.htmx.trigger(from, because.type) : null;
  };

  // Signed in again in another window: the page gets a new proof and sends once more by itself, as a draft and the board do.
  const renewed = new WeakSet();
  async function renewedAndSent(detail) {
    const from = detail.requestConfig?.elt;
    if (!detail.xhr.getResponseHeader("X-FF-Renew") || !from || renewed.has(from)) return false;
    renewed.add(from);
    if (!(await window.ff?.renew?.())) return false;
    again(detail)?.();
    return true;
  }

  // --- htmx ---
  const waiting = new Map();

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (!writes(event.detail)) return;
    const timer = setTimeout(() => tell("Det er ikke gemt endnu. Vi venter på svar.", { kind: "is-soon" }), IS_LONG);
    waiting.set(event.detail.xhr, timer);
  });

  document.addEventListener("htmx:afterRequest", (event) => {
    const { xhr, successful } = event.detail;
    const timer = waiting.get(xhr);
    if (timer !== undefined) {
      clearTimeout(timer);
      waiting.delete(xhr);
      if (successful) clear();
    }
    if (successful) renewed.delete(event.detail.requestConfig?.elt);
    if (successful && writes(event.detail)) {
      const form = event.detail.requestConfig?.elt?.closest?.("form");
      if (form) settle(form);
    }
  });

  document.addEventListener("htmx:responseError", async (event) => {
    const { xhr } = event.detail;
    if (isPoll(event.detail) && xhr.status !== 401) return; // the page that polls shows its own state
    // A 409 or 422 that brings a fragment shows itself in its place.
    const shown = [409, 422].includes(xhr.status) && xhr.getResponseHeader("HX-Reswap") !== "none" && xhr.responseText;
    if (shown || (await renewedAndSent(event.detail))) return;
    const login = xhr.status === 401 ? document.body.dataset.loginUrl || "" : "";
    tell(sentenceOf(xhr), { retry: xhr.status >= 429 ? again(event.detail) : null, login });
  });

  const unsent = new Map(); // a line that saves itself → its act once more, when the net is there again
  const unreachable = (event) => {
    if (isPoll(event.detail)) return;
    const from = event.detail.requestConfig?.elt;
    if (writes(event.detail) && from && !from.matches("form")) unsent.set(from, again(event.detail));
    tell(navigator.onLine ? SENTENCES.nothing : SENTENCES.offline, { retry: again(event.detail) });
  };
  document.addEventListener("htmx:sendError", unreachable);
  document.addEventListener("htmx:timeout", (event) => {
    if (!isPoll(event.detail)) tell(SENTENCES.slow, { retry: again(event.detail) });
  });
  document.addEventListener("htmx:swapError", () => tell("Siden kunne ikke vises. Hent siden igen."));

  // A fragment with an error summary takes the focus, as a whole page does.
  const focusProblems = (root) => root.querySelector?.("[data-ff-errors]")?.focus();
  document.addEventListener("htmx:afterSettle", (event) => focusProblems(event.detail.elt));
  document.addEventListener("DOMContentLoaded", () => focusProblems(document));

  // --- plain forms: text that is not saved is not left without a question ---
  const changed = new Set();
  let leaving = false;

  const guarded = (form) => form && form.method === "post" && !("noGuard" in form.dataset);

  function settle(form) {
    changed.delete(form);
  }

  document.addEventListener("input", (event) => {
    const form = event.target.closest?.("form") || event.target.form;
    if (guarded(form) && event.target.matches("textarea, input:not([type=hidden]):not([type=password])")) changed.add(form);
  });

  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    if (!navigator.onLine && guarded(event.target)) {
      event.preventDefault();
      tell(SENTENCES.offline, { retry: () => event.target.requestSubmit(event.submitter) });
      return;
    }
    leaving = true;
    // No answer within the time: the page is still here with its text, and says so.
    setTimeout(() => { if (leaving) tell("Det er ikke gemt endnu. Vi venter på svar.", { kind: "is-soon" }); }, IS_LONG);
  });

  window.addEventListener("beforeunload", (event) => {
    for (const form of changed) if (!form.isConnected) changed.delete(form);
    if (!leaving && changed.size) event.preventDefault();
  });
  window.addEventListener("pageshow", () => { leaving = false; });

  window.addEventListener("offline", () => {
    if (changed.size) tell("Der er ingen forbindelse til nettet. Bliv på siden: din tekst er ikke gemt endnu.", { kind: "is-soon" });
  });
  window.addEventListener("online", () => {
    if (region()?.querySelector(".is-soon")) clear();
    for (const act of unsent.values()) act?.();
    unsent.clear();
  });

  window.ff = Object.assign(window.ff || {}, { tell, clear, settle, SENTENCES });
})();
