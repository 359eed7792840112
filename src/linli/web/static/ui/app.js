// Small enhancements; every page works without them.
const $ = (selector, root = document) => [...root.querySelectorAll(selector)];

// Steppers: − and + change the number; a form that asks for it is sent at once.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-step]");
  if (!button) return;
  const input = button.closest(".stepper").querySelector("input[type=number]");
  const next = Math.min(+input.max || 999, Math.max(+input.min || 1, (+input.value || 1) + +button.dataset.step));
  if (next === +input.value) return;
  event.preventDefault();
  input.value = next;
  input.dispatchEvent(new Event("change", { bubbles: true }));
});
// In the cart − at one takes the line out; elsewhere there is nothing below the least.
const least = (stepper) => {
  const input = stepper.querySelector("input[type=number]");
  const minus = stepper.querySelector("[data-step='-1'][type=button]");
  if (minus) minus.disabled = +input.value <= (+input.min || 1);
};
$(".stepper").forEach(least);
document.addEventListener("change", (event) => {
  const stepper = event.target.closest(".stepper");
  if (stepper) least(stepper);
});
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-auto]");
  if (form) form.requestSubmit();
});

// What cannot be undone is asked once more, with what was typed where the question names a {field}. Without scripts its
// page says what it does.
document.addEventListener("submit", (event) => {
  const form = event.target,
    asked = event.submitter?.dataset.confirm || form.dataset.confirm,
    question = asked?.replace(/\{(\w+)\}/g, (_, name) => form.elements[name]?.value.trim() ?? "");
  if (!question || form.dataset.sure) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const dialog = document.getElementById("sure"),
    submitter = event.submitter;
  dialog.querySelector("p").textContent = question;
  dialog.querySelector("[value=yes]").textContent = (submitter || form.querySelector("button")).textContent.trim();
  dialog.onclose = () => {
    if (dialog.returnValue !== "yes") return;
    form.dataset.sure = "1";
    form.requestSubmit(submitter);
    delete form.dataset.sure;
  };
  dialog.returnValue = "";
  dialog.showModal();
});

// Enter in a field decides nothing about people or money: it goes on to the button.
document.addEventListener("keydown", (event) => {
  const field = event.target;
  const decides = ".console form[method=post] input, form[data-decides] input";
  if (event.key !== "Enter" || event.isComposing || !field.matches(decides)) return;
  if (["submit", "checkbox", "radio", "file"].includes(field.type)) return;
  event.preventDefault();
  field.form.querySelector("button:not([type=button])")?.focus();
});

// A button that leaves one where one is: of the page that the form leads back to, what is fresh and what it says is
// taken over. Whoever is led elsewhere (to sign in) goes there. Without scripts the page comes anew.
document.addEventListener("submit", async (event) => {
  const button = event.submitter;
  if (!button?.hasAttribute("data-stay") || event.defaultPrevented) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (button.getAttribute("aria-busy")) return;
  button.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(button.getAttribute("formaction") || event.target.action, {
      method: "POST",
      body: new FormData(event.target, button),
      keepalive: true, // who goes on before the answer still has it in the cart
    });
    if (!answer.ok) {
      // Its own page says why.
      button.removeAttribute("data-stay");
      return event.target.requestSubmit(button);
    }
    if (new URL(answer.url).pathname !== location.pathname) return location.assign(answer.url);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    $("[data-fresh]").forEach((spot) => {
      const fresh = page.querySelector(`[data-fresh="${spot.dataset.fresh}"]`);
      if (fresh) spot.replaceWith(fresh);
    });
    page.querySelectorAll("[data-said] p").forEach((said) => toast(said.textContent.trim()));
  } catch {
    toast(document.body.dataset.offline);
  } finally {
    button.removeAttribute("aria-busy");
  }
});

// A form is sent once: its button is busy until the next page.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) return event.preventDefault();
  if (form.method !== "post") return;
  form.dataset.sent = "1";
  const button = event.submitter || form.querySelector("button");
  if (button)
    setTimeout(() => {
      button.setAttribute("aria-busy", "true");
    }, 0);
  setTimeout(() => {
    delete form.dataset.sent;
    button && button.removeAttribute("aria-busy");
  }, 8000);
});
addEventListener("pageshow", () =>
  $("form[data-sent]").forEach((form) => {
    delete form.dataset.sent;
    $("[aria-busy]", form).forEach((b) => b.removeAttribute("aria-busy"));
  }),
);

// Back goes where one was, with its place in the list; somebody who came from elsewhere goes where the link says.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-back]");
  if (!link || !document.referrer.startsWith(location.origin + "/") || history.length < 2) return;
  event.preventDefault();
  history.back();
});

// Copy what stands in a field, or in a place of the page.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const field = document.getElementById(button.dataset.copy);
  await copy(field.value ?? field.textContent);
  toast(button.dataset.said);
});
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // A page that came without encryption has no clipboard of its own.
    const field = Object.assign(document.createElement("textarea"), { value: text, readOnly: true });
    field.className = "vh";
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }
}
function toast(text) {
  const box = document.createElement("div");
  box.className = "toast";
  box.role = "status";
  box.textContent = text;
  document.body.append(box);
  setTimeout(() => box.remove(), 2200);
}

// Which picture of a gallery is seen.
$("[data-seen]").forEach((told) => {
  const gallery = told.previousElementSibling;
  told.hidden = false;
  gallery.addEventListener("scroll", () => {
    const seen = Math.round(gallery.scrollLeft / gallery.clientWidth) + 1;
    told.textContent = `${seen}/${gallery.children.length}`;
  });
});

// What is said of one variant follows the choice; what the chosen one has not is hidden.
const SAID_OF_SKU = ["price", "market", "earn", "save", "left"];
function tellOfSku(sku) {
  for (const name of SAID_OF_SKU)
    $(`[data-sku-${name}]`).forEach((spot) => {
      spot.textContent = sku.dataset[name] ?? "";
      spot.hidden = !(name in sku.dataset);
    });
  // What a campaign sells is one variant: with another chosen its button says so before it is pressed.
  $("[data-for-sku]").forEach((button) => {
    const words = button.querySelector("small");
    button.dataset.words ??= words.textContent;
    button.disabled = button.dataset.forSku !== sku.value;
    words.textContent = button.disabled ? button.dataset.else : button.dataset.words;
  });
}
document.addEventListener("change", (event) => {
  const sku = event.target.closest("input[name=sku][data-price]");
  if (sku) tellOfSku(sku);
});
// Who comes back finds the choice as it was left, and no event tells of it.
addEventListener("pageshow", () => $("input[name=sku][data-price]:checked").forEach(tellOfSku));

// Countdowns run by the server's clock; at zero the page is asked again.
class CountDown extends HTMLElement {
  connectedCallback() {
    const skew = Date.parse(this.getAttribute("now")) - Date.now();
    const ends = Date.parse(this.getAttribute("ends"));
    const draw = () => {
      const left = Math.max(0, Math.floor((ends - Date.now() - skew) / 1000));
      const pad = (n) => String(n).padStart(2, "0");
      // Nobody reads 719 hours.
      const days = document.body.dataset.days;
      if (days && left >= 72 * 3600) {
        this.textContent = days.replace("{d}", Math.floor(left / 86400)).replace("{h}", Math.floor(left / 3600) % 24);
        return;
      }
      this.textContent =
        (left >= 3600 ? pad(Math.floor(left / 3600)) + ":" : "") +
        pad(Math.floor(left / 60) % 60) +
        ":" +
        pad(left % 60);
      if (!left) {
        clearInterval(this.timer);
        if (!sessionStorage.getItem("asked" + ends)) {
          sessionStorage.setItem("asked" + ends, 1);
          setTimeout(() => location.reload(), 1500);
        }
      }
    };
    draw();
    this.timer = setInterval(draw, 1000);
  }
  disconnectedCallback() {
    clearInterval(this.timer);
  }
}
customElements.define("count-down", CountDown);

// A part of the page that others change: the server says when, and the part is asked for again.
class LivePart extends HTMLElement {
  connectedCallback() {
    this.source = new EventSource(this.getAttribute("src"));
    // Many look at one group: each waits a moment of its own, and asks once for all that happened meanwhile.
    this.source.onmessage = () => {
      this.waits ??= setTimeout(() => this.ask(), Math.random() * 2000);
    };
    addEventListener("pagehide", () => this.source.close(), { once: true });
  }
  async ask() {
    this.waits = null;
    const turn = (this.turn = (this.turn || 0) + 1);
    try {
      const answer = await fetch(this.getAttribute("part"));
      const text = await answer.text();
      if (answer.ok && turn === this.turn) this.innerHTML = text;
    } catch {
      /* offline: the source reconnects and tells again */
    }
  }
  disconnectedCallback() {
    this.source.close();
  }
}
customElements.define("live-part", LivePart);

// A choice that changes the price is reckoned at once; without scripts its button does it.
document.addEventListener("change", (event) => {
  const field = event.target.closest("[data-look]");
  if (field) field.form.querySelector("button[value=look]").click();
});

// What is being written stays in the browser until it was taken.
$("textarea[data-draft]").forEach((area) => {
  const key = "draft-" + area.dataset.draft;
  try {
    if (localStorage.getItem(key + "-sent")) {
      localStorage.removeItem(key + "-sent");
      localStorage.removeItem(key);
    }
    if (!area.value) area.value = localStorage.getItem(key) || "";
    area.addEventListener("input", () => localStorage.setItem(key, area.value));
    area.form.addEventListener("submit", (event) => {
      if (event.submitter?.value !== "find") localStorage.setItem(key + "-sent", "1");
    });
  } catch {
    /* no storage: nothing is kept */
  }
});

// A like or a star is taken without leaving the page: all are buttons of one form.
document.addEventListener("submit", async (event) => {
  const form = event.target.closest("form[data-marks]"),
    button = event.submitter;
  if (!form || !button || event.defaultPrevented) return;
  event.preventDefault();
  delete form.dataset.sent;
  const [kind, post, on] = button.value.split(":"),
    isOn = on === "yes",
    count = button.querySelector("[data-count]");
  const answer = await fetch(form.action, {
    method: "POST",
    body: new URLSearchParams([...new FormData(form), [button.name, button.value]]),
    redirect: "manual",
  }).catch(() => null);
  button.removeAttribute("aria-busy");
  if (!answer || answer.type !== "opaqueredirect" || button.value !== [kind, post, on].join(":")) return;
  button.setAttribute("aria-pressed", isOn);
  button.value = [kind, post, isOn ? "no" : "yes"].join(":");
  if (/^[0-9]+$/.test(count.textContent)) count.textContent = +count.textContent + (isOn ? 1 : -1);
});

// A recording goes up as soon as it is there, with its progress; without scripts it goes with the form.
$("[data-recorder]").forEach((box) => {
  const file = box.querySelector("input[type=file]"),
    bar = box.querySelector("progress"),
    button = box.querySelector("[data-record]");
  const kept = box.querySelector("[data-kept]"),
    name = kept.querySelector("input"),
    said = box.dataset;
  const send = (blob, label) => {
    const request = new XMLHttpRequest(),
      form = new FormData();
    form.append("csrfmiddlewaretoken", file.form.csrfmiddlewaretoken.value);
    form.append("sound", blob, label);
    bar.hidden = false;
    bar.value = 0;
    request.upload.onprogress = (event) => {
      bar.value = (event.loaded / event.total) * 100;
    };
    request.onloadend = () => {
      bar.hidden = true;
      let answer = {};
      try {
        answer = JSON.parse(request.responseText);
      } catch {
        /* no words: offline, or too large */
      }
      if (request.status !== 201) {
        file.value = "";
        return toast(answer.message || said.failed);
      }
      file.value = "";
      name.value = answer.name;
      name.checked = true;
      kept.hidden = false;
      kept.querySelector("[data-length]").textContent =
        Math.floor(answer.seconds / 60) + ":" + String(answer.seconds % 60).padStart(2, "0");
      toast(said.said);
    };
    request.open("POST", said.to);
    request.send(form);
  };
  box.querySelector("[data-extra]").hidden = false;
  file.addEventListener("change", () => {
    if (file.files[0]) send(file.files[0], file.files[0].name);
  });
  if (!button) return;
  if (!navigator.mediaDevices || !window.MediaRecorder) {
    button.hidden = true;
    return;
  }
  const words = button.querySelector("span"),
    record = words.textContent;
  let recorder = null;
  button.addEventListener("click", async () => {
    if (recorder) return recorder.stop();
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true }),
        parts = [],
        began = Date.now();
      recorder = new MediaRecorder(stream);
      const clock = setInterval(() => {
        const seconds = Math.floor((Date.now() - began) / 1000);
        words.textContent =
          button.dataset.stop + " " + Math.floor(seconds / 60) + ":" + String(seconds % 60).padStart(2, "0");
        if (seconds >= 180) recorder.stop();
      }, 250);
      recorder.ondataavailable = (event) => parts.push(event.data);
      recorder.onstop = () => {
        clearInterval(clock);
        stream.getTracks().forEach((track) => track.stop());
        recorder = null;
        words.textContent = record;
        button.setAttribute("aria-pressed", "false");
        send(new Blob(parts, { type: (parts[0]?.type || "audio/webm").split(";")[0] }), "voice");
      };
      recorder.start(1000);
      button.setAttribute("aria-pressed", "true");
    } catch {
      recorder = null;
      toast(said.no);
    }
  });
});

// After an @ the names of neighbours who begin so are offered: to a tap, to Enter (the first), to arrows and Escape.
$("textarea[data-names]").forEach((area) => {
  const list = document.createElement("div");
  list.className = "names pills";
  list.hidden = true;
  area.after(list);
  let turn = 0;
  area.addEventListener("input", async () => {
    const before = area.value.slice(0, area.selectionStart),
      found = before.match(/[@\uff20]([^@\uff20\s]{1,24})$/),
      mine = ++turn;
    if (!found) {
      list.hidden = true;
      return;
    }
    await new Promise((later) => setTimeout(later, 200));
    if (mine !== turn) return;
    const answer = await fetch(area.dataset.names + "?q=" + encodeURIComponent(found[1])).catch(() => null);
    if (!answer?.ok || mine !== turn) return;
    const { names } = await answer.json();
    list.replaceChildren(
      ...names.map((name) => {
        const choice = document.createElement("button");
        choice.type = "button";
        choice.className = "pill";
        choice.textContent = "@" + name;
        choice.onclick = () => {
          area.value =
            before.slice(0, before.length - found[0].length) + "@" + name + " " + area.value.slice(before.length);
          list.hidden = true;
          area.focus();
          area.dispatchEvent(new Event("input"));
        };
        return choice;
      }),
    );
    list.hidden = !names.length;
  });
  area.addEventListener("keydown", (event) => {
    if (list.hidden || event.isComposing) return;
    const act = { ArrowDown: () => list.firstChild.focus(), Enter: () => list.firstChild.click(), Escape: close }[
      event.key
    ];
    if (!act) return;
    event.preventDefault();
    act();
  });
  list.addEventListener("keydown", (event) => {
    const here = document.activeElement;
    const to = { ArrowDown: here.nextSibling, ArrowRight: here.nextSibling, ArrowUp: here.previousSibling ?? area };
    to.ArrowLeft = to.ArrowUp;
    if (event.key === "Escape") close();
    else if (event.key in to) to[event.key]?.focus();
    else return;
    event.preventDefault();
  });
  function close() {
    list.hidden = true;
    area.focus();
  }
});

// What was just done can be done again after so many seconds.
$("button[data-wait]").forEach((button) => {
  const words = button.textContent.trim();
  const tick = (left) => {
    button.disabled = left > 0;
    button.textContent = left > 0 ? `${words} (${left})` : words;
    if (left > 0) setTimeout(tick, 1000, left - 1);
  };
  tick(Number(button.dataset.wait));
});

// In a queue: the same form goes again by itself.
$("form[data-again]").forEach((form) => setTimeout(() => form.requestSubmit(), 1000 * form.dataset.again));

// A payment on its way: look again until the state has changed.
const waiting = document.querySelector("[data-poll]");
if (waiting) {
  let tries = 0;
  const look = async () => {
    try {
      const answer = await fetch(waiting.dataset.poll, { headers: { Accept: "application/json" } });
      if (answer.ok && (await answer.json()).state !== waiting.dataset.state) return location.reload();
    } catch {
      /* offline: look again */
    }
    if (++tries < 400) setTimeout(look, tries < 10 ? 500 : 2000);
  };
  setTimeout(look, 400);
}

// Region: cities and districts follow the province.
const province = document.querySelector("select[data-region=province]");
if (province) {
  const [, city, district] = $("select[data-region]");
  const fill = (select, nodes, keep) => {
    select.replaceChildren(...(nodes || []).map(([code, name]) => new Option(name, code, false, code === keep)));
    select.hidden = !nodes || !nodes.length;
    select.disabled = select.hidden;
  };
  const load = async (keep = "") => {
    if (!province.value) return;
    const tree = await (await fetch(`/regions/${province.value}`)).json();
    const cities = () => {
      const node = tree.find(([code]) => code === city.value);
      fill(district, node && node[2], keep);
    };
    fill(
      city,
      tree.map(([code, name]) => [code, name]),
      tree.find(([code, , kids]) => code === keep || (kids || []).some(([c]) => c === keep))?.[0],
    );
    cities();
    city.onchange = cities;
  };
  province.onchange = () => load();
  load(district.dataset.keep);
}

// Offline: say so, and keep pay buttons off.
const tell = () => {
  let bar = document.querySelector(".offline");
  if (navigator.onLine) return bar && bar.remove();
  if (!bar) {
    bar = document.createElement("p");
    bar.className = "offline";
    bar.role = "status";
    bar.textContent = document.body.dataset.offline;
    document.body.prepend(bar);
  }
};
addEventListener("online", tell);
addEventListener("offline", tell);
tell();
if ("serviceWorker" in navigator && isSecureContext) navigator.serviceWorker.register("/sw.js").catch(() => {});

// The page's own entry of a menu that goes on sideways is seen.
document.querySelector(".side [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
// What was refused stands at its field, for those too who hear the page (data-fault names the field), and one
// is taken there.
for (const fault of document.querySelectorAll("[data-fault]")) {
  // A draft names the unit (face_fen), its field does not.
  const [named, row] = fault.dataset.fault.split(".");
  const name = CSS.escape(named.replace(/_(fen|bp|id)$/, ""));
  const fields = $(`main form[method="post"] [name="${name}"]:not([type="hidden"])`);
  // Of several alike only the one whose row is named.
  const alone = document.querySelector(`main #${name}`) || (fields.length === 1 ? fields[0] : null);
  const field = row ? fields[row] : alone;
  if (!field) continue;
  fault.id ||= `fault-${fault.dataset.fault}`;
  field.setAttribute("aria-invalid", "true");
  const told = field.getAttribute("aria-describedby");
  field.setAttribute("aria-describedby", told ? `${told} ${fault.id}` : fault.id);
}
const refused = document.querySelector('[aria-invalid="true"]');
const alarm = document.querySelector("main [autofocus]") ? null : document.querySelector('main [role="alert"]');
if (alarm) alarm.tabIndex = -1;
(refused || alarm)?.focus();

// A list is asked anew as soon as a condition is chosen; what is empty does not stand in the address.
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-send]")) event.target.form.requestSubmit();
});
document.addEventListener("submit", (event) => {
  if (event.target.getAttribute("role") !== "search") return;
  $("input, select", event.target).forEach((field) => {
    field.disabled = !field.value;
  });
});

// Keys of a console: / searches, J and K walk the rows, Enter opens. Off while a field has the focus.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, summary, dialog")) return;
  if (event.key === "/") {
    const field = document.querySelector("[data-search], #find");
    if (field) {
      event.preventDefault();
      field.focus();
    }
    return;
  }
  const rows = [...document.querySelectorAll("[data-rows] tbody tr")];
  const here = rows.findIndex((row) => row.classList.contains("here"));
  const step = { j: 1, k: -1 }[event.key];
  if (step && rows.length) {
    rows[here]?.classList.remove("here");
    const next = rows[Math.min(Math.max(here + step, 0), rows.length - 1)];
    next.classList.add("here");
    next.scrollIntoView({ block: "nearest" });
  }
  const opens = event.key === "Enter" && event.target === document.body;
  if (opens && here >= 0) rows[here].querySelector("a.opens")?.click();
});

// What was searched stays on this phone: the newest eight, shown until they are forgotten.
const SEARCHED = "searched",
  MOST_SEARCHED = 8;
const searched = () => {
  try {
    const kept = JSON.parse(localStorage.getItem(SEARCHED) || "[]");
    return Array.isArray(kept) ? kept.filter((words) => typeof words === "string") : [];
  } catch {
    return [];
  }
};
document.addEventListener("submit", (event) => {
  // Another person on this phone is not told what was searched before.
  if (event.target.matches("form[action='/signout'], form[action='/demo/become']")) localStorage.removeItem(SEARCHED);
  const words = event.target.querySelector?.("[data-remember]")?.value.trim();
  if (!words) return;
  try {
    const others = searched().filter((one) => one !== words);
    localStorage.setItem(SEARCHED, JSON.stringify([words, ...others].slice(0, MOST_SEARCHED)));
  } catch {
    /* no storage: nothing is kept */
  }
});
$("[data-searched]").forEach((box) => {
  const kept = searched();
  box.hidden = !kept.length;
  box.querySelector(".pills").replaceChildren(
    ...kept.map((words) => {
      const link = document.createElement("a");
      link.className = "pill";
      link.href = "/search?q=" + encodeURIComponent(words);
      link.textContent = words;
      return link;
    }),
  );
  box.querySelector("[data-forget]").addEventListener("click", () => {
    localStorage.removeItem(SEARCHED);
    box.hidden = true;
  });
});

// What only somebody who scrolls or types needs is loaded with the first sign of it, not with the page.
const later = document.querySelector("meta[name=later]");
if (later) {
  const signs = ["scroll", "focusin", "pointerdown", "keydown"];
  const load = () => {
    signs.forEach((sign) => removeEventListener(sign, load));
    const script = document.createElement("script");
    script.src = later.content;
    document.head.append(script);
  };
  signs.forEach((sign) => addEventListener(sign, load, { passive: true }));
  // A page that is shorter than the window is scrolled by nobody.
  if (document.documentElement.scrollHeight <= innerHeight * 1.2) load();
}

// Sharing by what the phone has; WeChat's own menu does it there, a laptop copies the link.
$("[data-share]").forEach((button) => {
  button.hidden = false;
});
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-share]");
  if (!button) return;
  const field = (id) => (id ? document.getElementById(id).value : "");
  const url = field(button.dataset.share) || location.origin + location.pathname;
  if (/MicroMessenger/i.test(navigator.userAgent)) return document.getElementById("corner").showModal();
  try {
    if (navigator.share) {
      const text = field(button.dataset.words).replace(url, "").trim();
      return await navigator.share({ title: button.dataset.title, text: text || button.dataset.title, url });
    }
  } catch (error) {
    if (error.name === "AbortError") return; // who changed their mind has shared nothing
  }
  await copy(url);
  toast(button.dataset.said);
});

// Ticks of a list: all of the page at once, and how many there are.
document.addEventListener("change", (event) => {
  const all = document.querySelector("[data-all]");
  if (!all) return;
  const boxes = $(`input[name=${all.dataset.all}]:not(:disabled)`);
  if (event.target === all)
    boxes.forEach((box) => {
      box.checked = all.checked;
    });
  const ticked = boxes.filter((box) => box.checked).length,
    shown = document.querySelector("[data-ticked]");
  all.checked = ticked > 0 && ticked === boxes.length;
  all.indeterminate = ticked > 0 && ticked < boxes.length;
  shown.hidden = !ticked;
  shown.textContent = ticked;
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) print();
});
