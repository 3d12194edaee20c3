// Before the session ends: a dialog with one button. After: what is kept, and the way back to this page.
// The page's own acts move the end (polls and drafts do not count on the client; the server decides).
(() => {
  "use strict";

  const { sessionSeconds, stayUrl, loginUrl } = document.body.dataset;
  const lasts = Number(sessionSeconds) * 1000;
  const dialog = document.getElementById("ff-session");
  if (!lasts || !dialog) return;

  const WARN = Math.min(5 * 60000, lasts / 4); // before the end
  const title = dialog.querySelector("h2");
  const words = dialog.querySelector("[data-ff-left]");
  const acts = dialog.querySelector(".ff-actions");
  const stay = dialog.querySelector("[data-ff-stay]");
  const before = { title: title.textContent, acts: [...acts.children] };
  let end = Date.now() + lasts;
  let ended = false;

  const moved = () => {
    if (ended) return;
    end = Date.now() + lasts;
    if (dialog.open) dialog.close();
  };

  const hasText = () => [...document.querySelectorAll("form[method=post] textarea")].some((field) => field.value !== field.defaultValue);

  function look() {
    const left = end - Date.now();
    if (left <= 0) return over();
    if (left <= WARN) {
      const minutes = Math.max(1, Math.ceil(left / 60000));
      const say = `Det sker om ${minutes} ${minutes === 1 ? "minut" : "minutter"}, fordi du ikke har gemt eller åbnet noget i et stykke tid.`;
      if (words.textContent !== say) words.textContent = say;
      if (!dialog.open) {
        window.ff?.saveDrafts?.();
        dialog.showModal();
      }
    }
  }

  function over() {
    if (ended) return;
    ended = true;
    const pending = window.ff?.draftsPending?.() ?? 0;
    title.textContent = "Du er logget af";
    words.textContent = !hasText()
      ? "Der gik for lang tid. Log ind, så kommer du tilbage hertil."
      : pending
        ? "Der gik for lang tid. Noget af din tekst er ikke gemt. Log ind i et nyt vindue, og kom tilbage hertil: teksten står her stadig."
        : "Der gik for lang tid. De lange tekster er gemt som kladde. Log ind, så kommer du tilbage til dem.";
    const link = document.createElement("a");
    link.className = "button button-primary";
    link.textContent = "Log ind igen";
    link.href = `${loginUrl}?next=${encodeURIComponent(location.pathname + location.search)}`;
    const close = document.createElement("button");
    close.type = "button";
    close.className = "button button-secondary";
    close.textContent = "Bliv på siden";
    close.addEventListener("click", () => dialog.close());
    if (pending || hasText()) link.target = "_blank";
    acts.replaceChildren(link, close);
    if (!dialog.open) dialog.showModal();
  }

  // Signed in again in another window: this page's forms get a proof that holds. Never for somebody else than who wrote in it.
  async function renew() {
    let answer;
    try {
      answer = await fetch(stayUrl, { credentials: "same-origin", redirect: "error", headers: { "X-FF-Draft": "1" } });
    } catch {
      return false;
    }
    const token = answer.headers.get("X-CSRFToken");
    if (!answer.ok || !token || answer.headers.get("X-FF-Who") !== document.body.dataset.who) return false;
    for (const field of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) field.value = token;
    document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": token }));
    if (ended) {
      ended = false;
      title.textContent = before.title;
      acts.replaceChildren(...before.acts);
    }
    moved();
    return true;
  }

  stay.addEventListener("click", async () => {
    try {
      const answer = await fetch(stayUrl, { credentials: "same-origin", redirect: "error", headers: { "X-FF-Draft": "1" } });
      if (answer.status === 401) return over();
      if (!answer.ok) throw new Error(String(answer.status));
      moved();
    } catch {
      words.textContent = "Det lykkedes ikke. Tjek din forbindelse til nettet, og prøv igen.";
    }
  });
  dialog.addEventListener("cancel", () => { if (!ended) stay.click(); });

  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.requestConfig?.headers?.["X-FF-Poll"] !== "1" && event.detail.xhr.status < 400) moved();
  });
  document.addEventListener("ff:draft-saved", moved);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "visible") return;
    if (ended) renew();
    else look();
  });
  setInterval(look, 5000);

  window.ff = Object.assign(window.ff || {}, { renew });
})();
