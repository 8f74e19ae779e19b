// The plain scopes of docs/checklists/cond-1-vectors.json made into scopes: the twin of tests/domain/vectors.py.
"use strict";
globalThis.verdict = ({ condition, scope }) => {
  const made = (plain, around = {}) => {
    const seen = {};
    for (const part of ["items", "facts", "rows", "lists"]) seen[part] = { ...around[part], ...plain[part] };
    return {
      item: (name) => valueOf(seen.items[name]),
      fact: (name) => seen.facts[name] ?? null,
      rows: (name) => seen.rows[name] && { rows: seen.rows[name].each.map((row) => made(row, seen)), complete: seen.rows[name].complete },
      codes: (name) => seen.lists[name],
    };
  };
  const valueOf = (told) => {
    if (told?.hidden) return conditions.HIDDEN;
    return (told?.kind === "decimal" ? conditions.decimal(told.value) : told?.value) ?? null;
  };
  return conditions.decide(condition, made(scope));
};
