import { fail, refuse } from './errors.js';
import { isTrue } from './filter.js';
import { Doc, isNumber, List, type Value } from './values.js';

type Tree = Map<string, Tree | 'all'>;

/** Reads which fields to show or to leave out; undefined when all are shown. */
export function readProjection(projection: Doc): ((doc: Doc) => Doc) | undefined {
  const tree: Tree = new Map();
  let includes: boolean | undefined;
  let id: boolean | undefined;
  for (const [name, value] of projection.fields) {
    if (!isNumber(value) && typeof value !== 'boolean') refuse(2, `the projection of '${name}' by an expression`);
    if (name.split('.').some((step) => step.startsWith('$'))) refuse(31324, `the projection '${name}'`);
    if (name === '' || name.split('.').includes('')) fail(40352, 'FieldPath cannot be constructed with empty string');
    const given = isTrue(value);
    if (name === '_id') id = given;
    else if (includes !== undefined && includes !== given)
      fail(
        given ? 31253 : 31254,
        `Cannot do ${given ? 'inclusion' : 'exclusion'} on field ${name} in ${given ? 'exclusion' : 'inclusion'} projection`,
      );
    else includes = given;
    if (name !== '_id') add(tree, name.split('.'), name);
  }
  if (id === undefined && includes === undefined) return undefined;
  if (includes ?? id) {
    if (id !== false && !tree.has('_id')) tree.set('_id', 'all');
    return (doc) => include(doc, tree);
  }
  if (id === false) tree.set('_id', 'all');
  return (doc) => exclude(doc, tree);
}

function add(tree: Tree, [first = '', ...rest]: readonly string[], whole: string): void {
  const present = tree.get(first);
  if (present === 'all') fail(31249, `Path collision at ${whole} remaining portion ${rest.join('.')}`);
  if (present && rest.length === 0) fail(31250, `Path collision at ${whole}`);
  if (rest.length === 0) tree.set(first, 'all');
  else {
    const below: Tree = present ?? new Map<string, Tree | 'all'>();
    tree.set(first, below);
    add(below, rest, whole);
  }
}

function include(doc: Doc, tree: Tree): Doc {
  return pick(doc, (name, value) => {
    const node = tree.get(name);
    return node === 'all' ? value : node && within(value, (inner) => include(inner, node), undefined);
  });
}

function exclude(doc: Doc, tree: Tree): Doc {
  return pick(doc, (name, value) => {
    const node = tree.get(name);
    return node === 'all' ? undefined : node ? within(value, (inner) => exclude(inner, node), value) : value;
  });
}

function pick(doc: Doc, shown: (name: string, value: Value) => Value | undefined): Doc {
  const fields = [...doc.fields].map(([name, value]) => [name, shown(name, value)] as const);
  return Doc.of(fields.filter((field): field is [string, Value] => field[1] !== undefined));
}

/** Applies to a document or to each in an array; what is neither becomes `other`, undefined to leave it out. */
function within(value: Value, change: (doc: Doc) => Doc, other: Value | undefined): Value | undefined {
  if (value instanceof Doc) return change(value);
  if (!(value instanceof List)) return other;
  const items = value.items.map((item) => within(item, change, other === undefined ? undefined : item));
  return List.of(items.filter((item) => item !== undefined));
}
