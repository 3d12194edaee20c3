// The wall: asks every two seconds whether anything is new, hides at F2, and empties itself when access is gone.
(() => {
  "use strict";

  const EVERY = 2000;
  const LOST_AFTER = 5; // polls in a row without an answer
  const body = document.body;
  const off = document.getElementById("off");
  const main = document.getElementById("main");
  const told = document.getElementById("wall-state");
  let timer = null;
  let lost = 0;

  const live = () => document.getElementById("live");

  function tell(words) {
    if (told.textContent !== words) told.textContent = words;
  }

  function show(html) {
    const fresh = new DOMParser().parseFromString(html, "text/html").getElementById("live");
    if (!fresh) return;
    live().replaceWith(fresh);
    body.classList.toggle("wall--mange", fresh.dataset.crowded === "1");
    fit();
  }

  function stop(words) {
    clearInterval(timer);
    timer = null;
    tell(words);
  }

  function clear() {
    for (const list of document.querySelectorAll(".wall__notes")) list.replaceChildren();
    document.querySelector(".wall__head h1").textContent = "Tavlen er lukket";
    stop("");
  }

  async function poll() {
    try {
      const url = body.dataset.poll.replace("STAMP", live().dataset.stamp);
      const answer = await fetch(url, {
        headers: { "X-FF-Poll": "1" },
        credentials: "same-origin",
        redirect: "error",
        cache: "no-store",
        signal: AbortSignal.timeout(8000),
      });
      lost = 0;
      tell("");
      if (answer.status === 200) show(await answer.text());
      else if (answer.status === 286) { show(await answer.text()); stop("Mødet er slut."); }
      else if ([401, 403, 404].includes(answer.status)) clear();
    } catch (error) {
      // A redirect leads to the sign-in page: the session is over, and so is what may be shown.
      lost += 1;
      if (error.name === "TypeError" && navigator.onLine && lost >= LOST_AFTER) clear();
      else if (lost >= LOST_AFTER) tell("Ingen forbindelse lige nu.");
    }
  }

  // --- a column that does not fit turns its pages; the letters do not shrink ---
  const TURN = 12000;
  let pages = [];

  function fit() {
    pages = [];
    for (const list of document.querySelectorAll(".wall__notes")) {
      const items = [...list.children];
      for (const item of items) item.hidden = false;
      const room = list.parentElement.clientHeight - list.offsetTop + list.parentElement.offsetTop;
      if (list.scrollHeight <= room + 2 || window.innerWidth <= 1200) continue;
      const leaves = [[]];
      const gap = parseFloat(getComputedStyle(list).rowGap) || 0;
      let used = 0;
      for (const item of items) {
        const tall = item.offsetHeight + gap;
        if (used + tall > room && leaves.at(-1).length) { leaves.push([]); used = 0; }
        leaves.at(-1).push(item);
        used += tall;
      }
      pages.push({ items, leaves, at: leaves.length - 1 });
    }
    turn(0);
  }

  function turn(step) {
    for (const page of pages) {
      page.at = (page.at + step) % page.leaves.length;
      for (const item of page.items) item.hidden = !page.leaves[page.at].includes(item);
    }
  }

  function toggle() {
    off.hidden = !off.hidden;
    main.hidden = !off.hidden;
    body.classList.toggle("wall--off", !off.hidden);
    (off.hidden ? document.getElementById("hide") : document.getElementById("show")).focus();
    if (off.hidden) fit();
  }

  document.getElementById("hide").addEventListener("click", toggle);
  document.getElementById("show").addEventListener("click", toggle);
  document.addEventListener("keydown", (event) => {
    if (event.key === "F2") { event.preventDefault(); toggle(); }
  });
  window.addEventListener("load", fit);
  window.addEventListener("resize", fit);
  setInterval(() => turn(1), TURN);
  if (live().dataset.live === "1") timer = setInterval(poll, EVERY);
  else tell("Mødet er slut.");
})();
