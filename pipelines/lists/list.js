"use strict";
{
  const CHUNK = 50;
  const HIGHEST_FIRST = ["chance", "value"];
  const SORTED_BY = { rank: "rank", name: "name", company: "company", owner: "owner", stage: "stage_place", chance: "chance", value: "value" };
  const alphabet = new Intl.Collator({{ language | tojson }}, { numeric: true, sensitivity: "base" });
  const find = (id) => document.getElementById(id);
  const count = (number) => number.toLocaleString({{ language | tojson }});

  /* Müller is found by muller. */
  const folded = (text) => (/^[\0-\x7f]*$/.test(text) ? text : text.normalize("NFD").replace(/\p{M}/gu, "")).toLowerCase();

  function say(element, words) {
    for (const slot of element.querySelectorAll("[data-say]")) slot.textContent = words[slot.dataset.say];
  }

  function whyElement(reason) {
    const item = find(reason.up ? "why-up" : "why-down").content.firstElementChild.cloneNode(true);
    say(item, reason);
    return item;
  }

  const FOUND = ["name", "lead_id", "company", "account_id", "money"];
  const FOUND_TABLED = ["owner", "stage", "frequency", "outcome", "send", "helps", "moved", "country"];

  /* The lines of packed.py; what many of them say is folded once. */
  function unpacked({ columns, tabled, texts, rows }) {
    const folds = texts.map(folded);
    const isTabled = columns.map((name) => tabled.includes(name));
    const at = Object.fromEntries(columns.map((name, place) => [name, place]));
    return rows.map((row, place) => {
      const line = { place };
      columns.forEach((name, column) => (line[name] = isTabled[column] ? texts[row[column]] : row[column]));
      line.found = [
        folded([...FOUND.map((name) => line[name]), ...line.beside.map((one) => one[1])].join("\n")),
        ...FOUND_TABLED.map((name) => folds[row[at[name]]]), ...line.reasons.map((reason) => folds[reason[1]]),
      ].join("\n");
      line.reasons = line.reasons.map(([up, says, points]) => ({ up, says: texts[says], points: texts[points] }));
      return line;
    });
  }

  function besideElement([, says]) {
    const said = document.createElement("bdi");
    said.textContent = says;
    return said;
  }

  function compare(key, descending) {
    const turn = descending ? -1 : 1;
    return (a, b) => {
      const [left, right] = [a[key], b[key]];
      if (left === right) return a.place - b.place;
      if (left === null || left === "") return 1;
      if (right === null || right === "") return -1;
      return turn * (typeof left === "number" ? left - right : alphabet.compare(left, right)) || a.place - b.place;
    };
  }

  /* One table with its lines: which of them match, in which order, and how many are drawn so far. */
  class Board {
    constructor(key) {
      this.element = find(key);
      this.noun = key === "leads" ? [{{ say("lead") | tojson }}, {{ say("leads") | tojson }}] : [{{ say("customer") | tojson }}, {{ say("customers") | tojson }}];
      this.lines = unpacked(JSON.parse(this.element.querySelector("script").textContent));
      this.template = this.element.querySelector("template").content.firstElementChild;
      this.body = this.element.querySelector("tbody");
      this.more = this.element.querySelector(".more");
      this.order = { key: "rank", descending: false };
      this.matching = this.lines;
      this.drawn = 0;
      this.listen();
      this.element.hidden = false;
    }

    listen() {
      for (const header of this.element.querySelectorAll("[data-sort]")) {
        header.firstElementChild.addEventListener("click", () => this.turn(header.dataset.sort));
      }
      this.more.addEventListener("click", () => this.draw(CHUNK));
      new IntersectionObserver((entries) => {
        if (entries.some((entry) => entry.isIntersecting)) this.draw(CHUNK);
      }, { rootMargin: "600px" }).observe(this.more);
    }

    turn(key) {
      const again = this.order.key === key;
      this.sort(key, again ? !this.order.descending : HIGHEST_FIRST.includes(key));
    }

    sort(key, descending) {
      this.order = { key, descending };
      for (const header of this.element.querySelectorAll("[data-sort]")) {
        const here = header.dataset.sort === key;
        header.setAttribute("aria-sort", !here ? "none" : descending ? "descending" : "ascending");
      }
      this.show();
    }

    filter(wanted) {
      const matches = (line) =>
        wanted.words.every((word) => line.found.includes(word)) &&
        (!wanted.owner || line.owner === wanted.owner) &&
        (!wanted.country || line.country === wanted.country) &&
        (line.band === "keep" || !wanted.letter || line.letter === wanted.letter) &&
        (line.band === "keep" || !wanted.stage || line.stage === wanted.stage);
      const inBand = (line) => line.band === "keep" || !wanted.band || line.band === wanted.band;
      const found = this.lines.filter(matches);
      this.matching = found.filter(inBand);
      this.elsewhere = found.length - this.matching.length;
      this.total = this.lines.filter(inBand).length;
      this.wanted = wanted;
      this.element.dataset.band = wanted.band;
      this.show();
    }

    show() {
      this.matching.sort(compare(SORTED_BY[this.order.key], this.order.descending));
      this.body.replaceChildren();
      this.drawn = 0;
      this.draw(CHUNK);
      this.element.querySelector("table").hidden = this.matching.length === 0;
      this.element.querySelector(".nobody").hidden = this.matching.length > 0;
      find(`${this.element.id}-status`).textContent = this.status();
    }

    status() {
      const { owner, stage, letter, country, search, band } = this.wanted;
      const here = this.matching.length;
      const noun = this.noun[this.total {{ is_one }} ? 0 : 1];
      const parts = [here === this.total ? `${count(here)} ${noun}` : `{{ say("{here} of {all} {leads}", here="${count(here)}", all="${count(this.total)}", leads="${noun}") }}`];
      if (search) parts.push(`“${search}”`);
      if (owner) parts.push(`{{ say("owner {name}", name="${owner}") }}`);
      if (stage && this.noun[0] === {{ say("lead") | tojson }}) parts.push(`{{ say("stage {name}", name="${stage}") }}`);
      if (letter && this.noun[0] === {{ say("lead") | tojson }}) parts.push(`{{ say("Band {letter}", letter="${letter}") }}`);
      if (country) parts.push(country);
      if (search && this.elsewhere) parts.push(`{{ say("{count} more under {band}", count="${count(this.elsewhere)}", band=other) }}`);
      return parts.join(" · ");
    }

    draw(size) {
      const next = this.matching.slice(this.drawn, this.drawn + size);
      this.body.append(...next.map((line) => this.rowElement(line)));
      this.drawn += next.length;
      const left = this.matching.length - this.drawn;
      this.more.hidden = left === 0;
      this.more.textContent = `{{ say("Show more ({count} left)", count="${count(left)}") }}`;
    }

    rowElement(line) {
      const row = this.template.cloneNode(true);
      row.dataset.line = line.key;
      row.firstElementChild.id = `${this.element.id}-${line.key}`;
      say(row, line);
{% if bands %}
      row.querySelector(".band").textContent = {{ bands | tojson }}[line.band];
{% endif %}
      row.querySelector(".fill").setAttribute("width", line.bar);
      row.querySelector("a")?.setAttribute("href", `leads/${line.key}.html`);
      row.querySelector(".beside")?.append(...line.beside.map(besideElement));
      row.querySelector(".reasons ul")?.append(...line.reasons.map(whyElement));
      return row;
    }
  }

  const boards = ["leads", "customers"].filter(find).map((key) => new Board(key));

  function filterAll() {
    const search = find("search").value.trim();
    const wanted = {
      search,
      words: folded(search).split(/\s+/),
      owner: find("owner")?.value,
      stage: find("stage")?.value,
      letter: find("letter")?.value,
      country: find("country")?.value,
      band: document.querySelector("input[name=band]:checked")?.value,
    };
    for (const board of boards) board.filter(wanted);
  }

  function clearAll() {
    for (const id of ["search", "owner", "stage", "letter", "country"]) if (find(id)) find(id).value = "";
    filterAll();
    find("search").focus();
  }

  /* Whatever is searched, filtered or not drawn yet: a line that is named above the list can be gone to. */
  function reveal(place) {
    const [key, line] = place.split("-");
    const board = boards.find((one) => one.element.id === key);
    const at = () => board.matching.findIndex((one) => one.key === line);
    if (at() < 0) {
      const both = document.querySelector("input[name=band][value='']");
      if (both) both.checked = true;
      for (const id of ["search", "owner", "stage"]) if (find(id)) find(id).value = "";
      filterAll();
    }
    if (at() >= board.drawn) board.draw(at() - board.drawn + CHUNK);
  }

  find("controls").hidden = false;
  find("controls").addEventListener("input", (event) => {
    if (event.target.id !== "sort") filterAll();
  });
  find("sort").addEventListener("input", (event) => {
    const key = event.target.value;
    for (const board of boards) board.sort(key, HIGHEST_FIRST.includes(key));
  });
  for (const button of document.querySelectorAll(".clear")) button.addEventListener("click", clearAll);
  for (const link of document.querySelectorAll(".now a")) link.addEventListener("click", () => reveal(link.hash.slice(1)));
  addEventListener("beforeprint", () => boards.forEach((board) => board.draw(Infinity)));
  filterAll();
}
