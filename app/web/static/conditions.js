// The condition language cond/1 in the browser, the twin of app/domain/conditions.py: for comfort, the server decides.
// Both pass docs/checklists/cond-1-vectors.json. Three values: true, false, and null for "not decided yet".
"use strict";
globalThis.conditions = (() => {
  const HIDDEN = Symbol("the value of an item out of force: every comparison with it is a definite no");
  const OPERATORS = ["eq", "ne", "in", "in_list", "has", "gt", "gte", "lt", "lte", "answered"];
  const own = (object, name) => (object && Object.hasOwn(object, name) ? object[name] : undefined);

  // ---- Verdicts. A scope has item(id) → value, null or HIDDEN; fact(name) → value or null;
  //      rows(group) → {rows: [scope…], complete}, null out of force; codes(list) → [code…] ----
  function decide(condition, scope) {
    if (!condition) return true;
    if (condition.all) return all(condition.all.map((part) => decide(part, scope)));
    if (condition.any) return any(condition.any.map((part) => decide(part, scope)));
    if (condition.not) return opposite(decide(condition.not, scope));
    if (condition.where) {
      const found = scope.rows(condition.some ?? condition.every);
      if (found === null) return false;
      const each = found.rows.map((row) => decide(condition.where, row));
      return (condition.some !== undefined ? any : all)(found.complete ? each : [...each, null]);
    }
    const value = condition.item !== undefined ? scope.item(condition.item) : scope.fact(condition.fact);
    return compare(condition, value ?? null, scope.codes);
  }
  const all = (values) => (values.includes(false) ? false : values.includes(null) ? null : true);
  const any = (values) => (values.includes(true) ? true : values.includes(null) ? null : false);
  const opposite = (value) => (value === null ? null : !value);

  function compare(condition, value, codes) {
    const operator = OPERATORS.find((name) => Object.hasOwn(condition, name));
    const operand = condition[operator];
    if (value === HIDDEN) return operator === "answered" && operand === false;
    if (operator === "answered") return (value !== null) === operand;
    if (value === null) return null;
    if (operator === "has") return Array.isArray(value) ? value.includes(operand) : null;
    if (operator === "in_list") return typeof value === "string" ? codes(operand).includes(value) : null;
    if (operator === "in") return operand.some((one) => same(value, one));
    if (operator === "eq" || operator === "ne") return same(value, operand) === (operator === "eq");
    const sign = order(value, beside(value, operand));
    return sign === null ? null : { gt: sign > 0, gte: sign >= 0, lt: sign < 0, lte: sign <= 0 }[operator];
  }
  const same = (value, operand) =>
    value instanceof Decimal ? order(value, beside(value, operand)) === 0 : value === operand;

  function order(value, operand) { // below, at or above zero; null for values that have no order
    if (value instanceof Decimal && operand instanceof Decimal) {
      const places = Math.max(value.places, operand.places);
      const [a, b] = [value.at(places), operand.at(places)];
      return a < b ? -1 : Number(a > b);
    }
    if (typeof value !== typeof operand) return null;
    if (typeof value === "number") return value - operand;
    if (typeof value !== "string") return null;
    const [a, b] = [[...value], [...operand]]; // by code points, as Python does, not by halves of them
    const place = a.findIndex((letter, index) => letter !== b[index]);
    if (place === -1) return a.length - b.length;
    return place < b.length ? a[place].codePointAt(0) - b[place].codePointAt(0) : 1;
  }

  // ---- Decimals are text outside and exact inside ----
  class Decimal {
    constructor(text) {
      const [whole, part = ""] = text.split(".");
      this.digits = BigInt(whole + part);
      this.places = part.length;
    }
    at(places) { return this.digits * 10n ** BigInt(places - this.places); }
  }
  const decimal = (text) =>
    (typeof text === "string" && /^-?(0|[1-9][0-9]*)(\.[0-9]+)?$/.test(text) ? new Decimal(text) : null);
  const beside = (value, operand) => (value instanceof Decimal ? decimal(operand) : operand);

  // ---- What a section's page holds (app/web/institution/mirror.py): which slots are in force.
  //      read(key, kind) → {state, value} of a field of the page ----
  function page(block, read) {
    const known = new Map();
    const slotAt = (item, row) => own(own(block.slots, item), row ?? "");

    function shown(item, row) {
      const [slot, id] = [slotAt(item, row), `${item} ${row ?? ""}`];
      if (slot && "hidden" in slot) return !slot.hidden; // the server decides this one
      if (!known.has(id)) {
        const { section, group, show_when } = own(block.items, item) ?? {};
        const outer = [own(block.sections, section), own(block.items, group)?.show_when];
        known.set(id, all([...outer, show_when].map((each) => decide(each, scope(row, group)))));
      }
      return known.get(id);
    }
    function value(item, row) {
      if (shown(item, row) === false) return HIDDEN;
      const [slot, { kind, group, value_when }] = [slotAt(item, row), own(block.items, item) ?? {}];
      const told = !slot || "value" in slot;
      if (value_when && !told) return derived(value_when, scope(row, group));
      const raw = told ? slot?.value : read(slot.key, kind).value;
      return (kind === "decimal" ? decimal(raw) : raw) ?? null;
    }
    function derived(branches, where) { // the first branch that holds; an undecided one makes it undecided
      for (const branch of branches) {
        const verdict = decide(branch.if, where);
        if (verdict !== false) return verdict && branch.then;
      }
      return null;
    }
    const scope = (row, group) => ({
      item: (name) => value(name, group && own(block.items, name)?.group === group ? row : null),
      fact: (name) => own(block.facts, name) ?? null,
      rows: (name) => (shown(name, null) === false ? null
        : { rows: block.groups[name].rows.map((id) => scope(id, name)), complete: complete(name) }),
      codes: (name) => block.codes[name],
    });
    function complete(group) {
      const told = block.groups[group].complete;
      return told ?? ["answered", "not_applicable"].includes(read(slotAt(group, null).key, "group").state);
    }
    return { shown, value };
  }
  return { HIDDEN, decide, decimal, page };
})();
