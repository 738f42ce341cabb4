import { fail } from './errors.js';
import type { Filter } from './filter.js';
import { newObjectId } from './scalars.js';
import type { Update } from './update.js';
import { Doc, type Value } from './values.js';

/** The document that an upsert begins with: what the filter says must be equal, then the update. `_id` comes first. */
export function upserted({ predicates }: Filter, update: Update): Doc {
  const begin = Doc.of([]);
  const given = new Set<string>();
  for (const { path, operator, values } of predicates) {
    if (operator !== 'eq' || (update.isReplacement && path !== '_id')) continue;
    if (given.has(path)) fail(54, `cannot infer query fields to set, path '${path}' is matched twice`);
    const other = [...given].find((each) => each.startsWith(`${path}.`) || path.startsWith(`${each}.`));
    if (other !== undefined)
      fail(54, `cannot infer query fields to set, both paths '${path}' and '${other}' are matched`);
    given.add(path);
    setAt(begin, path.split('.'), values[0] ?? null);
  }
  const made = update.apply(begin, -1, true);
  const id = made.get('_id');
  const rest = [...made.fields].filter(([name]) => name !== '_id');
  return Doc.of([['_id', id === undefined ? newObjectId() : id], ...rest]);
}

/** Filters make documents on the way, never arrays. */
function setAt(doc: Doc, [name = '', ...rest]: readonly string[], value: Value): void {
  if (rest.length === 0) {
    doc.open().set(name, value);
    return;
  }
  const present = doc.get(name);
  const within = present instanceof Doc ? present : Doc.of([]);
  doc.open().set(name, within);
  setAt(within, rest, value);
}
