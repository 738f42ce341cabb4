/**
 * Reads a page as a browser without JavaScript would: its text, links and forms. Understands the HTML that this product
 * writes (attributes in double quotes, every element closed or void), not the whole language.
 */

export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly (Element | string)[];
}

export interface Link {
  readonly text: string;
  readonly href: string;
}

export interface Control {
  readonly type: 'text' | 'hidden' | 'choice' | 'choices' | 'select' | 'textarea';
  /** What a browser would send if nobody touched it. */
  readonly values: readonly string[];
  /** What may be chosen, for controls that are a closed list. */
  readonly options?: readonly string[];
}

export interface FormButton {
  readonly text: string;
  readonly name: string | undefined;
  readonly value: string;
  /** Where this button sends the form, when that is not where the form itself goes. */
  readonly action: string | undefined;
}

export interface Form {
  readonly method: string;
  /** Absent: the address of the page itself. */
  readonly action: string | undefined;
  readonly controls: ReadonlyMap<string, Control>;
  readonly buttons: readonly FormButton[];
  readonly text: string;
}

const VOID = new Set(['meta', 'link', 'input', 'br', 'hr', 'img', 'col', 'wbr', 'area', 'base', 'source']);

export function parseHtml(html: string): Element {
  const root = { name: '#root', attributes: {}, children: [] as (Element | string)[] };
  const open = [root];
  const tag = /<!--[\s\S]*?-->|<!doctype[^>]*>|<(\/?)([a-z][\w-]*)((?:\s+[^\s=>/]+(?:="[^"]*")?)*)\s*(\/?)>/gi;
  let from = 0;
  const top = () => open.at(-1) ?? root;
  const write = (text: string): void => {
    if (text !== '') top().children.push(decode(text));
  };
  for (const found of html.matchAll(tag)) {
    write(html.slice(from, found.index));
    from = found.index + found[0].length;
    const [, closing, name = '', attributes = '', selfClosing] = found;
    if (name === '') continue;
    if (closing === '/') {
      const at = open.findLastIndex((element) => element.name === name.toLowerCase());
      if (at < 1) throw new Error(`</${name}> closes nothing`);
      if (at !== open.length - 1) throw new Error(`<${top().name}> is not closed before </${name}>`);
      open.pop();
      continue;
    }
    const element = { name: name.toLowerCase(), attributes: attributesOf(attributes), children: [] };
    top().children.push(element);
    if (selfClosing !== '/' && !VOID.has(element.name)) open.push(element);
  }
  write(html.slice(from));
  if (open.length > 1) throw new Error(`<${top().name}> is never closed`);
  return root;
}

const attributesOf = (text: string): Record<string, string> =>
  Object.fromEntries(
    [...text.matchAll(/([^\s=]+)(?:="([^"]*)")?/g)].map(([, name = '', value = '']) => [
      name.toLowerCase(),
      decode(value),
    ]),
  );

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00A0' };

const decode = (text: string): string =>
  text.replace(/&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi, (whole, decimal?: string, hex?: string, name?: string) => {
    if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
    if (hex !== undefined) return String.fromCodePoint(parseInt(hex, 16));
    return ENTITIES[name ?? ''] ?? whole;
  });

export function* all(element: Element, name?: string): Generator<Element> {
  for (const child of element.children) {
    if (typeof child === 'string') continue;
    if (name === undefined || child.name === name) yield child;
    yield* all(child, name);
  }
}

export const find = (
  element: Element,
  name: string,
  fits: (found: Element) => boolean = () => true,
): Element | undefined => all(element, name).find(fits);

const INLINE = new Set(['a', 'b', 'strong', 'em', 'small', 'span', 'code', 'abbr', 'time', 'i', 'label']);

/** What a reader sees, with one space between words and a line for each block. */
export function textOf(element: Element): string {
  const raw = (each: Element): string =>
    each.children
      .map((child) => {
        if (typeof child === 'string') return child.replace(/[ \t\r\n]+/g, ' ');
        if (['script', 'style', 'template', 'datalist'].includes(child.name)) return '';
        return INLINE.has(child.name) ? raw(child) : `\n${raw(child)}\n`;
      })
      .join('');
  return raw(element)
    .replace(/ *\n */g, '\n')
    .replace(/\n{2,}/g, '\n')
    .trim();
}

export const linksOf = (element: Element): Link[] =>
  [...all(element, 'a')].flatMap((link) => {
    const href = link.attributes['href'];
    return href === undefined ? [] : [{ text: textOf(link), href }];
  });

export const formsOf = (element: Element): Form[] => [...all(element, 'form')].map(formOf);

function formOf(element: Element): Form {
  const controls = new Map<string, Control>();
  const buttons: FormButton[] = [];
  for (const each of all(element)) {
    if (each.name === 'button') buttons.push(buttonOf(each));
    const name = each.attributes['name'];
    if (name === undefined || 'disabled' in each.attributes) continue;
    const control = controlOf(each, controls.get(name));
    if (control) controls.set(name, control);
  }
  const { method = 'get', action } = element.attributes;
  return { method: method.toLowerCase(), action, controls, buttons, text: textOf(element) };
}

const buttonOf = (element: Element): FormButton => ({
  text: textOf(element),
  name: element.attributes['name'],
  value: element.attributes['value'] ?? '',
  action: element.attributes['formaction'],
});

function controlOf(element: Element, before: Control | undefined): Control | undefined {
  const { value = '', type = 'text' } = element.attributes;
  if (element.name === 'textarea') return { type: 'textarea', values: [rawText(element).replace(/^\n/, '')] };
  if (element.name === 'select') return selectOf(element);
  if (element.name !== 'input') return undefined;
  if (type !== 'checkbox' && type !== 'radio') {
    return { type: type === 'hidden' ? 'hidden' : 'text', values: [...(before?.values ?? []), value] };
  }
  return {
    type: type === 'radio' ? 'choice' : 'choices',
    options: [...(before?.options ?? []), value],
    values: [...(before?.values ?? []), ...('checked' in element.attributes ? [value] : [])],
  };
}

function selectOf(element: Element): Control {
  const options = [...all(element, 'option')];
  const valueOf = (option: Element): string => option.attributes['value'] ?? textOf(option);
  const chosen = options.filter((option) => 'selected' in option.attributes);
  const several = 'multiple' in element.attributes;
  const values = chosen.length > 0 || several ? chosen : options.slice(0, 1);
  return { type: 'select', options: options.map(valueOf), values: values.map(valueOf) };
}

const rawText = (element: Element): string =>
  element.children.map((child) => (typeof child === 'string' ? child : rawText(child))).join('');
