// The wall: asks every two seconds whether anything is new, hides at F2, and empties itself when access is gone. What
// does not fit stands on more pages: they turn by hand, and by themselves only when somebody asks for it (WCAG 2.2.2).
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
    const before = new Set(lines().map(words));
    live().replaceWith(fresh);
    body.classList.toggle("wall--mange", fresh.dataset.crowded === "1");
    fit(lines().filter((line) => !before.has(words(line))).at(-1));
  }

  function stop(words) {
    clearInterval(timer);
    timer = null;
    tell(words);
  }

  function clear() {
    for (const list of document.querySelectorAll(".wall__notes")) list.replaceChildren();
    fit();
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

  // --- pages: the letters do not shrink ---
  const TURN = 12000;
  const ROOM_FOR_MORE = 48; // the line below a column that goes on
  const pager = document.getElementById("pager");
  const auto = document.getElementById("auto");
  let columns = [];
  let at = 0;
  let turning = null;

  const lines = () => [...document.querySelectorAll(".wall__notes > li")];
  const words = (line) => `${line.closest("section").getAttribute("aria-labelledby")} ${line.textContent}`;
  const count = () => Math.max(1, ...columns.map((column) => column.leaves.length));

  // newest: the line to open at, when one came; else the page stays the one it was.
  function fit(newest) {
    columns = [];
    for (const list of document.querySelectorAll(".wall__notes")) {
      const items = [...list.children];
      const more = list.parentElement.querySelector(".wall__more");
      list.style.height = "";
      list.classList.remove("wall__notes--cut");
      more.hidden = true;
      for (const item of items) { item.hidden = false; item.style.marginTop = ""; }
      const room = list.parentElement.clientHeight - list.offsetTop + list.parentElement.offsetTop;
      if (list.scrollHeight <= room + 2 || window.innerWidth <= 1200) continue;
      columns.push({ list, more, items, leaves: leavesOf(list, items, room - ROOM_FOR_MORE) });
    }
    const column = newest && columns.find((one) => one.items.includes(newest));
    if (column) at = column.leaves.findIndex((leaf) => leaf.items.includes(newest));
    else at = Math.min(at, count() - 1);
    if (turning) start();
    draw();
  }

  // A leaf is the lines that stand on it. One line taller than a page goes on over several, cut between two rows of text.
  function leavesOf(list, items, room) {
    const gap = parseFloat(getComputedStyle(list).rowGap) || 0;
    const leaves = [];
    let leaf = null;
    let used = 0;
    for (const item of items) {
      const tall = item.offsetHeight + gap;
      if (item.offsetHeight > room) {
        const row = parseFloat(getComputedStyle(item).lineHeight);
        const step = Math.max(1, Math.floor(room / row)) * row;
        for (let from = 0; from < item.offsetHeight; from += step) leaves.push({ items: [item], from, step });
        leaf = null;
        continue;
      }
      if (!leaf || used + item.offsetHeight > room) { leaf = { items: [] }; leaves.push(leaf); used = 0; }
      leaf.items.push(item);
      used += tall;
    }
    return leaves;
  }

  function draw() {
    for (const { list, more, items, leaves } of columns) {
      const leaf = leaves[Math.min(at, leaves.length - 1)];
      for (const item of items) { item.hidden = !leaf.items.includes(item); item.style.marginTop = ""; }
      if (leaf.from) leaf.items[0].style.marginTop = `-${leaf.from}px`;
      list.style.height = leaf.step ? `${leaf.step}px` : "";
      list.classList.toggle("wall__notes--cut", Boolean(leaf.step));
      more.hidden = at >= leaves.length - 1;
    }
    pager.hidden = count() === 1;
    document.getElementById("page").textContent = `Side ${at + 1} af ${count()}`;
    if (pager.hidden && turning) pause();
  }

  function turn(step) {
    at = (at + step + count()) % count();
    draw();
  }

  function byHand(step) {
    if (pager.hidden) return;
    if (turning) start();
    turn(step);
  }

  function start() {
    clearInterval(turning);
    turning = setInterval(() => turn(1), TURN);
    auto.textContent = "Stop sideskift";
  }

  function pause() {
    clearInterval(turning);
    turning = null;
    auto.textContent = "Skift af sig selv";
  }

  function toggle() {
    off.hidden = !off.hidden;
    main.hidden = !off.hidden;
    body.classList.toggle("wall--off", !off.hidden);
    (off.hidden ? document.getElementById("hide") : document.getElementById("show")).focus();
    if (off.hidden) fit();
    else pause();
  }

  document.getElementById("hide").addEventListener("click", toggle);
  document.getElementById("show").addEventListener("click", toggle);
  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (event.key === "F2") { event.preventDefault(); toggle(); }
    const step = { ArrowRight: 1, PageDown: 1, ArrowLeft: -1, PageUp: -1 }[event.key];
    if (step && off.hidden && !pager.hidden) { event.preventDefault(); byHand(step); }
  });
  document.getElementById("previous").addEventListener("click", () => byHand(-1));
  document.getElementById("next").addEventListener("click", () => byHand(1));
  auto.addEventListener("click", () => (turning ? pause() : start()));
  window.addEventListener("load", () => fit());
  window.addEventListener("resize", () => fit());
  if (live().dataset.live === "1") timer = setInterval(poll, EVERY);
  else tell("Mødet er slut.");
})();
