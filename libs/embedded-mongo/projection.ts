import { type Doc, docOfFields, isDoc, isNumber, isTrue, type Value } from './bson.js';
import { fail, refuse } from './errors.js';

/** What is shown of a document: a field whole, or some fields in it. */
type Tree = Map<string, Tree | 'all'>;

/** Reads which fields to show; undefined when all are shown. */
export function readProjection(projection: Doc = new Map()): ((doc: Doc) => Doc) | undefined {
  const tree: Tree = new Map();
  for (const [name, value] of projection) {
    const path = name.split('.');
    if (path.includes('')) fail(40352, 'FieldPath cannot be constructed with empty string');
    if ((!isNumber(value) && typeof value !== 'boolean') || path.some((step) => step.startsWith('$')))
      refuse(2, `the projection of '${name}' by an expression`);
    if (isTrue(value)) add(tree, path, name);
    else if (name !== '_id') refuse(2, `a projection that leaves out '${name}'`);
  }
  const id = projection.get('_id');
  if (tree.size === 0) return id === undefined ? undefined : withoutId;
  if (id === undefined) tree.set('_id', 'all');
  return (doc) => show(doc, tree);
}

const withoutId = (doc: Doc): Doc => new Map([...doc].filter(([name]) => name !== '_id'));

function add(tree: Tree, [first = '', ...rest]: readonly string[], whole: string): void {
  const present = tree.get(first);
  if (present === 'all') fail(31249, `Path collision at ${whole} remaining portion ${rest.join('.')}`);
  if (present && rest.length === 0) fail(31250, `Path collision at ${whole}`);
  const below: Tree = present ?? new Map<string, Tree | 'all'>();
  tree.set(first, rest.length === 0 ? 'all' : below);
  if (rest.length > 0) add(below, rest, whole);
}

function show(doc: Doc, tree: Tree): Doc {
  return docOfFields(
    [...doc].map(([name, value]) => {
      const node = tree.get(name);
      return [name, node === 'all' ? value : node && within(value, node)];
    }),
  );
}

/** Of a document, or of each in an array; what is neither is left out. */
function within(value: Value, tree: Tree): Value | undefined {
  if (isDoc(value)) return show(value, tree);
  if (!Array.isArray(value)) return undefined;
  return value.map((item) => within(item, tree)).filter((item) => item !== undefined);
}
