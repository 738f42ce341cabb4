import ICAL from 'ical.js';

/** A property as a reader sees it: name and parameters in lower case, the value decoded (RFC 7265). */
export type Expected = readonly [name: string, parameters: Readonly<Record<string, string>>, value: string];

export interface ExpectedComponent {
  readonly name: string;
  readonly properties: readonly Expected[];
  readonly components?: readonly ExpectedComponent[];
}

type Property = readonly [
  name: string,
  parameters: Readonly<Record<string, unknown>>,
  type: string,
  ...values: unknown[],
];
type Component = readonly [name: string, properties: readonly Property[], components: readonly Component[]];

/**
 * Reads a calendar back with a parser that is not ours and compares it with what was meant: the same components, the
 * same properties as often, the same parameters and values. So no text of anyone can have begun a line of its own.
 * Throws an Error, which says where they differ and never what stands there, as texts are people's.
 */
export function prove(text: string, expected: ExpectedComponent): void {
  compare(ICAL.parse(text) as Component, expected, expected.name);
}

function compare([name, properties, components]: Component, expected: ExpectedComponent, path: string): void {
  if (name !== expected.name) throw new Error(`${path} reads back as another component`);
  const read = properties.map(([property, parameters, , ...values]) => line(property, parameters, values.map(plain)));
  const meant = expected.properties.map(([property, parameters, value]) => line(property, parameters, [value]));
  const [first] = [...difference(read, meant), ...difference(meant, read)];
  if (first !== undefined) throw new Error(`${path} reads back with another ${first.split('\n', 1)[0] ?? ''}`);
  const inner = expected.components ?? [];
  if (components.length !== inner.length) throw new Error(`${path} reads back with other components`);
  for (const [index, component] of components.entries()) {
    const meantInner = inner[index];
    if (meantInner) compare(component, meantInner, `${path}/${meantInner.name}`);
  }
}

const line = (name: string, parameters: Readonly<Record<string, unknown>>, values: readonly string[]): string =>
  [
    name,
    ...Object.keys(parameters)
      .sort()
      .map((key) => `${key}=${String(parameters[key])}`),
    ...values,
  ].join('\n');

const plain = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** What `a` has more often than `b`. */
function difference(a: readonly string[], b: readonly string[]): string[] {
  const rest = [...b];
  return a.filter((each) => {
    const at = rest.indexOf(each);
    if (at >= 0) rest.splice(at, 1);
    return at < 0;
  });
}
