import { cleanText, columnAfter, escapeText, fold, foldPlain, isPlain, isWebAddress } from './content-lines.js';

/** Private-use characters around a slot's name: no cleaned text of a person holds them. */
const OPEN = '\ue000';
const CLOSE = '\ue001';
const SLOT = /\ue000([a-z][A-Za-z0-9-]{0,30})\ue001/;

/** Where a recipient's own text stands in the texts of a template. */
export function slot(name: string): string {
  const marker = `${OPEN}${name}${CLOSE}`;
  if (!isSlot(marker)) throw new RangeError(`not a name of a slot: ${name}`);
  return marker;
}

/**
 * Cleaned text in which only the slots of `names` are left. Other marks, which only someone's own text can have brought,
 * lose what makes them one.
 */
export function cleanWithSlots(text: string, names: readonly string[]): string {
  return cleanText(text)
    .split(SLOT)
    .map((part, index) => {
      if (index % 2 === 0) return part.replace(/[\ue000\ue001]/g, '');
      return names.includes(part) ? slot(part) : part;
    })
    .join('');
}

export const isSlot = (text: string): boolean => /^\ue000[a-z][A-Za-z0-9-]{0,30}\ue001$/.test(text);

/** `text` with its slots replaced by what a recipient reads. */
export const withReplacements = (text: string, replacements: Readonly<Record<string, string>>): string =>
  text
    .split(SLOT)
    .map((part, index) => (index % 2 === 0 ? part : (replacements[part] ?? '')))
    .join('');

/** Text that holds no slot. */
export const cleanWithoutSlots = (text: string): string => cleanWithSlots(text, []);

/** What of a content line is filled in for each recipient. */
export type Field =
  | { readonly kind: 'text' | 'uri'; readonly name: string; readonly column: number }
  | { readonly kind: 'uid' | 'sequence' | 'dtstamp' }
  /** Of one occurrence of a series: its original start */
  | { readonly kind: 'attendee'; readonly occurrence?: string };

/** Folded text with fields between: texts has one more than fields. */
export interface Compiled {
  readonly texts: readonly string[];
  readonly fields: readonly Field[];
}

/** Collects folded lines and fields. */
export class Lines {
  private readonly texts: string[] = [''];
  private readonly fields: Field[] = [];

  text(line: string): void {
    this.append(`${fold(line)}\r\n`);
  }

  field(field: Field): void {
    this.fields.push(field);
    this.texts.push('\r\n');
  }

  /**
   * A line with slots. What follows a slot begins on a physical line of its own, so that it is folded here, once, however
   * long the slot's text will be.
   */
  slotted(line: string, kind: 'text' | 'uri'): void {
    const parts = line.split(SLOT);
    let column = 0;
    for (const [index, part] of parts.entries()) {
      if (index % 2 === 1) {
        this.fields.push({ kind, name: part, column });
        this.texts.push('');
        column = Infinity;
      } else if (part !== '') {
        const folded = index === 0 ? fold(part) : `\r\n ${fold(part, 1)}`;
        this.append(folded);
        column = columnAfter(folded, 0);
      }
    }
    this.append('\r\n');
  }

  compiled(): Compiled {
    return { texts: this.texts, fields: this.fields };
  }

  private append(text: string): void {
    this.texts.push((this.texts.pop() ?? '') + text);
  }
}

/** What one line of text may not hold: control characters, separators, lone surrogates, private use. */
const NOT_ONE_LINE = /[\p{Cc}\p{Cs}\p{Co}\p{Zl}\p{Zp}\ufeff]/u;
/** What is not printable ASCII, or has to be escaped. */
const NOT_PLAIN = /[^ -+\--:<-[\]-~]/;

/** A recipient's text, proven, escaped and folded from `column` on. Throws a RangeError for what is not of its grammar. */
export function fillSlot(kind: 'text' | 'uri', value: string, column: number): string {
  if (kind === 'uri') {
    if (!isWebAddress(value)) throw new RangeError('not a web address');
    return column + value.length <= 75 ? value : `\r\n ${foldPlain(value, 1)}`;
  }
  if (value === '') return '';
  if (value.length > LONGEST) throw new RangeError('a text of a recipient is too long');
  if (NOT_PLAIN.test(value)) {
    const { inline, folded } = written(value);
    return inline !== undefined && column + inline.length <= 75 ? inline : folded;
  }
  return column + value.length <= 75 ? value : `\r\n ${foldPlain(value, 1)}`;
}

interface WrittenText {
  /** Absent where it is not ASCII, or does not fit a line */
  readonly inline: string | undefined;
  /** On lines of its own */
  readonly folded: string;
}

const LONGEST = 2_000;
/** Times and names of places are the same for many recipients, so they are proven and escaped once. */
const MOST_WRITTEN = 500;
const writtenTexts = new Map<string, WrittenText>();

function written(value: string): WrittenText {
  const known = writtenTexts.get(value);
  if (known) return known;
  if (NOT_ONE_LINE.test(value)) throw new RangeError('a text of a recipient is not one line of text');
  const escaped = escapeText(value);
  const fresh = { inline: isPlain(escaped) ? escaped : undefined, folded: `\r\n ${fold(escaped, 1)}` };
  if (writtenTexts.size >= MOST_WRITTEN) writtenTexts.clear();
  writtenTexts.set(value, fresh);
  return fresh;
}
