// Names of members that no browser of the floor has, wherever the name is known from: eslint-plugin-compat knows what is asked of a
// global (`AbortSignal.timeout`), not what is asked of a value (`list.replaceChildren()`). The tables are MDN's.

import { createRequire } from "node:module";

// The interfaces of an ordinary page and its worker; names of others would only be mistaken for names of our own.
const ORDINARY = new RegExp(
  "^(Abort.*|Blob|Cache.*|Canvas.*2D|Client.*|CharacterData|Crypto|CSS.*Sheet|DOM.*|Document.*|Element|Event.*|File.*|FormData|HTML.*|Headers|" +
    "History|IDB.*|Image.*|Location|Mouse.*|Navigator|Node.*|Performance|Pointer.*|Range|Re(quest|sponse)|ServiceWorker.*|Storage|" +
    "SubtleCrypto|Text.*|Touch.*|URL.*|Window|Worker.*|XMLHttp.*)$",
);
const tables = createRequire(import.meta.url)("@mdn/browser-compat-data");

/** floor: {chrome: 64, safari_ios: 13.4}. -> a map from a member's name to where it is from, of members younger than the floor. */
export function youngMembers(floor) {
  const known = new Map(); // name -> [is old enough, where]
  const note = (name, where, compat) => {
    if (!compat || !compat.support) return;
    const isOld = Object.entries(floor).every(([browser, version]) => isThereIn(compat.support[browser], version));
    known.set(name, [...(known.get(name) ?? []), [isOld, where]]);
  };
  const ordinary = Object.entries(tables.api).filter(([kind]) => ORDINARY.test(kind));
  for (const [kind, members] of [...ordinary, ...Object.entries(tables.javascript.builtins)]) {
    for (const [name, entry] of Object.entries(members)) {
      if (name === "__compat" || name === kind) continue;
      note(name.replace(/_(static|event)$/, ""), `${kind}.${name}`, entry.__compat);
    }
  }
  const young = new Map();
  for (const [name, found] of known) {
    if (found.some(([isOld]) => isOld)) continue; // a name that is old somewhere says nothing about where it is used here
    young.set(name, found.map(([, where]) => where).slice(0, 3).join(", "));
  }
  return young;
}

function isThereIn(support, version) {
  return [support].flat().some((each) => {
    if (!each || each.flags || each.partial_implementation || each.prefix || each.alternative_name) return false;
    if (each.version_added === true) return true;
    const added = parseFloat(String(each.version_added).replace("≤", ""));
    return added <= version && !each.version_removed;
  });
}

/** An ESLint rule: options [{floor, known: {name: why it may stand there}}]. */
export default {
  meta: { type: "problem", schema: [{ type: "object" }], messages: { young: "`{{name}}` ({{where}}) is younger than the floor" } },
  create(context) {
    const { floor, known = {} } = context.options[0];
    const young = youngMembers(floor);
    const judge = (node, name) => {
      if (young.has(name) && !(name in known)) context.report({ node, messageId: "young", data: { name, where: young.get(name) } });
    };
    return {
      MemberExpression(node) {
        if (!node.computed) judge(node.property, node.property.name);
      },
      "CallExpression[callee.property.name=assign] > ObjectExpression > Property"(node) {
        if (!node.computed) judge(node.key, node.key.name); // Object.assign(element, {ariaLabel: ...})
      },
    };
  },
};
