// Comfort on top of pages that work without it: autosave, show/hide, counters, print, focus, no double sending.
// Every word shown comes from data-text-* on <body>; ids and names are those of templates/macros/checklist.html.
"use strict";
(() => {
  const body = document.body;
  const say = (name, values = {}) =>
    Object.entries(values).reduce((text, [key, value]) => text.replace(`{${key}}`, value), body.dataset[`text${name}`] || "");
  const live = document.querySelector("[data-live]");
  const announce = (text) => { if (live) live.textContent = text; };
  const guards = []; // functions that say whether something typed is not saved yet

  // ---- Conditions: what the fields of a section put in and out of force (conditions.js), as domain/answers.py reads them ----
  function foresight(form) {
    const source = form.querySelector("script[data-conditions]");
    if (!source || !globalThis.conditions) return () => new Map();
    const block = JSON.parse(source.textContent);
    const good = new Map(); // key → the last value that could be read: what cannot be read is not saved either
    const readers = {
      integer: (text) => (/^-?[0-9]{1,15}$/.test(text) ? Number(text) : undefined),
      decimal: (text) => (/^-?(?!(.*[0-9]){16})[0-9]+(\.[0-9]+)?$/.test(text) ? text.replace(/^(-?)0+(?=[0-9])/, "$1") : undefined),
      date: (text) => (/^(19[0-9]{2}|2[01][0-9]{2}|2200)-[0-9]{2}-[0-9]{2}$/.test(text) ? text : undefined),
    };
    const wide = (text) => text.normalize("NFKC").trim().replaceAll(",", "");
    function valueOf(key, kind, typed) {
      if (kind === "multi") return typed;
      if (!readers[kind]) return typed[0].trim().normalize("NFC");
      const value = readers[kind](wide(typed[0]));
      if (value !== undefined) good.set(key, value);
      return value ?? good.get(key) ?? null;
    }
    return () => { // → Map of element id → verdict, for what the page may decide by itself
      const fields = new FormData(form);
      const page = conditions.page(block, (key, kind) => {
        const state = fields.get(`s-${key}`) || "answered";
        const typed = fields.getAll(`v-${key}`).filter((text) => text.trim());
        if (!["answered", "open", "cleared"].includes(state)) return { state, value: null };
        return typed.length ? { state: "answered", value: valueOf(key, kind, typed) } : { state: "open", value: null };
      });
      const verdicts = new Map();
      for (const [item, rows] of Object.entries(block.slots)) {
        for (const [row, slot] of Object.entries(rows)) {
          if ("hidden" in slot) continue;
          const verdict = page.shown(item, row || null);
          if (slot.key) verdicts.set(slot.key, verdict);
          if (block.items[item].kind === "group") verdicts.set(`group ${item}`, verdict);
        }
      }
      return verdicts;
    };
  }

  // ---- Autosave: <form data-autosave="URL"> with [data-item] blocks; one request in flight, later changes merged ----
  function autosave(form) {
    const status = form.querySelector("[data-save-status]");
    const conflict = document.querySelector("[data-conflict]");
    const dirty = new Set(); // to be sent
    const refused = new Set(); // the server said no; sent again when changed
    const clashed = new Set(); // changed by somebody else; stays here until the person decides
    let flying = null;
    let batch = Infinity;
    let [wait, timer] = [0, 0];

    const tell = (name, tone = "", values = {}) => {
      if (!status) return;
      status.textContent = say(name, values);
      status.dataset.tone = tone;
    };
    const block = (key) => document.getElementById(`item-${key}`);
    const group = (id) => [...form.querySelectorAll("[data-group]")].find((node) => node.dataset.group === id);
    const foresee = foresight(form);
    let foreseen = foresee(); // what the page came with stands until a field changes that
    const later = (delay) => { clearTimeout(timer); timer = setTimeout(send, delay); };
    guards.push(() => dirty.size + refused.size + clashed.size > 0 || flying !== null);

    function fieldsOf(keys) {
      const sent = new URLSearchParams();
      for (const [name, value] of new FormData(form)) {
        const ours = name === "csrf_token" || (/^[vsrq]-/.test(name) && keys.includes(name.slice(2)));
        if (ours && typeof value === "string") sent.append(name, value);
      }
      return sent;
    }

    async function post(keys) {
      try {
        const answer = await fetch(form.dataset.autosave, {
          method: "POST",
          body: fieldsOf(keys),
          headers: { Accept: "application/json", "X-Requested-With": "fetch" },
          credentials: "same-origin",
          redirect: "manual",
          signal: AbortSignal.timeout?.(20000),
        });
        const data = /json/.test(answer.headers.get("Content-Type")) ? await answer.json() : {};
        return { code: answer.type === "opaqueredirect" ? 401 : answer.status, data };
      } catch {
        return { code: 0, data: {} }; // no connection, or no answer in time
      }
    }

    async function send() {
      clearTimeout(timer);
      if (flying || !dirty.size) return;
      const keys = [...dirty].slice(0, batch);
      keys.forEach((key) => dirty.delete(key));
      tell("Saving");
      flying = post(keys);
      const { code, data } = await flying;
      flying = null;
      if (code === 0 || code >= 500 || code === 408 || code === 429) {
        keys.forEach((key) => dirty.add(key));
        wait = Math.min(wait * 2 || 3000, 60000);
        tell("Offline", "bad");
        return later(wait);
      }
      wait = 0;
      apply(data, keys);
      if (code === 409 && keys.length > 1) { // find out which one it is: send them one by one
        batch = 1;
        keys.forEach((key) => dirty.add(key));
      } else if (code === 409) {
        clashed.add(keys[0]);
        mark(keys[0], say("Clash"));
        if (conflict) conflict.hidden = false;
      } else { // an item with an error was not saved, the others were; one typed on meanwhile is sent again
        const sentAgain = (key) => dirty.has(key);
        keys.filter((key) => !sentAgain(key) && (!data.saved || data.errors?.[key])).forEach((key) => refused.add(key));
      }
      if (!dirty.size) batch = Infinity;
      clashed.forEach((key) => dirty.delete(key));
      if (dirty.size) later(0);
      else if (clashed.size) tell("Conflict", "bad");
      else if (refused.size) tell(code === 401 ? "SignedOut" : "Failed", "bad");
      else tell("Saved", "good", { time: new Date().toLocaleTimeString("ja", { hour: "2-digit", minute: "2-digit" }) });
    }

    function apply(data, keys) {
      for (const [key, number] of Object.entries(data.seqs || {})) {
        const base = form.elements.namedItem(`q-${key}`);
        if (base) base.value = number;
        document.querySelectorAll(`[data-seq="${key}"]`).forEach((node) => { node.value = number; });
      }
      if (data.saved) keys.forEach((key) => mark(key, ""));
      for (const [key, message] of Object.entries(data.errors ?? {})) mark(key, message);
      // typed on meanwhile: what the page decided by itself waits for the answer to that
      const waits = (id) => dirty.size > 0 && foreseen.has(id);
      for (const [key, sentences] of Object.entries(data.because || {})) if (!waits(key)) explain(key, [].concat(sentences).join(" "));
      for (const [id, shown] of Object.entries(data.groups || {})) if (!waits(`group ${id}`)) reveal(group(id), shown);
      for (const [key, shown] of Object.entries(data.shown || {})) if (!waits(key)) reveal(block(key), shown);
      for (const [key, computed] of Object.entries(data.computed || {})) {
        const place = document.querySelector(`[data-computed="${key}"]`);
        if (!place) continue;
        place.querySelector("[data-value]").textContent = computed.text;
        place.querySelector("[data-why]").textContent = computed.why;
      }
      for (const [key, needed] of Object.entries(data.needed || {})) {
        const sign = document.getElementById(`n-${key}`);
        if (sign) sign.hidden = !needed;
      }
      const bar = document.querySelector("[data-progress]");
      if (!bar || !data.progress) return;
      const { done, total } = data.progress;
      Object.assign(bar.querySelector("progress"), { max: total || 1, value: done });
      bar.querySelector("strong").textContent = bar.dataset.progress.replace("{done}", done).replace("{total}", total);
    }

    function reveal(node, shown) {
      if (!node || node.hidden === !shown) return;
      node.hidden = !shown;
      node.classList.toggle("is-new", shown);
      if (shown) announce(say("Shown"));
    }

    function explain(key, text) {
      const line = block(key)?.querySelector("[data-because]");
      if (line) { line.textContent = text; line.hidden = !text; }
    }

    function decide() { // at once, where a verdict changed; the server's answer comes later and stands above it
      const before = foreseen;
      foreseen = foresee();
      for (const [id, verdict] of foreseen) {
        if (verdict === before.get(id)) continue;
        reveal(id.startsWith("group ") ? group(id.slice(6)) : block(id), verdict !== false);
        explain(id, verdict === null ? say("Undecided") : "");
      }
    }

    function mark(key, message) {
      const item = block(key);
      const line = document.getElementById(`e-${key}`);
      if (!item || !line) return;
      line.hidden = !message;
      line.querySelector("[data-error]").textContent = message;
      item.classList.toggle("item--error", Boolean(message));
      item.querySelectorAll("[aria-invalid]").forEach((node) => node.setAttribute("aria-invalid", String(Boolean(message))));
    }

    function touched(event, delay) {
      const key = event.target.closest("[data-item]")?.dataset.item;
      if (!key || event.target.form !== form) return; // a file to attach belongs to a form of its own
      const state = form.elements.namedItem(`s-${key}`);
      if (event.target.name === `v-${key}` && event.target.value && state) state.value = "answered";
      refused.delete(key);
      if (clashed.has(key)) return;
      dirty.add(key);
      if (flying || wait) return; // sent right after, or with the next try
      tell("Waiting");
      later(delay);
    }

    form.addEventListener("change", (event) => { touched(event, 0); decide(); });
    form.addEventListener("input", (event) => {
      if (!/^(text|textarea|date)$/.test(event.target.type)) return;
      touched(event, 1500);
      decide();
    });
    window.addEventListener("online", () => { if (dirty.size) { wait = 0; send(); } });
    form.addEventListener("submit", async (event) => { // wait for the request under way, or its numbers would be stale
      if (!flying) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      await flying;
      setTimeout(() => form.requestSubmit(event.submitter), 0);
    });
    form.addEventListener("submit", () => { clearTimeout(timer); [dirty, refused, clashed].forEach((set) => set.clear()); });
    document.addEventListener("submit", async (event) => { // another form of the page (a row more or less): save first
      const other = event.target;
      if (other === form || event.defaultPrevented || !(flying || dirty.size) || wait) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      if (flying) await flying;
      await send();
      setTimeout(() => other.requestSubmit(event.submitter), 0);
    }, true);
  }
  document.querySelectorAll("form[data-autosave]").forEach(autosave);

  // ---- A version tried out: shows and hides at once as a section does; nothing is sent ----
  document.querySelectorAll("form[data-foresee]").forEach((form) => {
    const foresee = foresight(form);
    form.addEventListener("input", () => {
      for (const [id, verdict] of foresee()) {
        const group = [...form.querySelectorAll("[data-group]")].find((node) => id === `group ${node.dataset.group}`);
        const item = document.getElementById(`item-${id}`);
        const files = item?.nextElementSibling?.matches(".supposed-files") ? item.nextElementSibling : null;
        for (const node of [group, item, files]) if (node) node.hidden = verdict === false;
      }
    });
  });

  // ---- A file that is too large is told before it is sent ----
  document.addEventListener("change", (event) => {
    const box = event.target;
    const line = document.getElementById(`x-${box.id?.slice(2)}`);
    if (!box.dataset?.largest || !line) return;
    const tooLarge = (box.files[0]?.size || 0) > Number(box.dataset.largest);
    line.hidden = !tooLarge;
    line.querySelector("[data-error]").textContent = tooLarge ? box.dataset.tooLarge : "";
    box.setAttribute("aria-invalid", String(tooLarge));
    if (tooLarge) box.value = "";
  });

  // ---- Leaving with something unsaved: also for <form data-warn-unsaved> ----
  document.querySelectorAll("form[data-warn-unsaved]").forEach((form) => {
    let changed = false;
    document.addEventListener("input", (event) => { changed ||= event.target.form === form; });
    form.addEventListener("submit", () => { changed = false; });
    guards.push(() => changed);
  });
  window.addEventListener("beforeunload", (event) => { if (guards.some((unsaved) => unsaved())) event.preventDefault(); });

  // ---- A button pressed twice sends once; open again when the page comes back or a download began ----
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.dataset.sent) return void event.preventDefault();
    form.dataset.sent = "yes";
    event.submitter?.classList.add("is-busy");
    setTimeout(free, 5000, form);
  });
  const free = (form) => {
    delete form.dataset.sent;
    form.querySelectorAll(".is-busy").forEach((button) => button.classList.remove("is-busy"));
  };
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(free));

  // ---- Character counters: counted as the server counts, in code points ----
  document.querySelectorAll("[data-max-length]").forEach((area) => {
    const line = document.getElementById(area.dataset.counter || `count-${area.id}`);
    if (!line) return;
    let quiet = 0;
    const count = (event) => {
      const left = Number(area.dataset.maxLength) - [...area.value].length;
      line.textContent = say(left < 0 ? "Over" : "Left", { count: Math.abs(left) });
      line.classList.toggle("is-over", left < 0);
      clearTimeout(quiet);
      if (event && left < 50) quiet = setTimeout(announce, 1000, line.textContent);
    };
    area.addEventListener("input", count);
    count();
  });

  document.querySelectorAll("[data-print]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  });
  document.querySelector("[data-focus]")?.focus();
})();
