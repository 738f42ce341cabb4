import { cleanText } from '../calendar/content-lines.js';

/** Characters of a reply that are kept. */
export const MOST_CHARACTERS = 4_000;
/** Lines of a mail that are looked at. */
const MOST_LINES = 5_000;

/**
 * What a person wrote themselves: without the mail they answer, without signature, closing and addresses, as far as these
 * can be told. Knows how Gmail, Outlook, Apple and Thunderbird quote in English, French, German and Spanish. Empty where
 * nothing is left.
 */
export function ownWords(text: string): string {
  const lines = cleanText(text.slice(0, 200_000)).split('\n', MOST_LINES);
  const own = withoutClosing(withoutSignature(withoutQuotes(lines)));
  const words = own
    // Not by a pattern, which begins anew at each blank of a line that is full of them.
    .map((line) => line.trimEnd())
    .join('\n')
    .replace(ADDRESS, '…@…')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
  return words.slice(0, MOST_CHARACTERS).replace(/[\ud800-\udbff]$/, '');
}

const ADDRESS = /[^\s<>@,;:()"]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,8}/gi;

const isQuote = (line: string): boolean => /^\s?>/.test(line);

/** Quoted lines and what introduces them go; where the answered mail follows without marks, so does all after it. */
function withoutQuotes(lines: readonly string[]): readonly string[] {
  const own: string[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    if (isQuote(line)) continue;
    if (isDivider(lines, at)) break;
    const length = attribution(lines, at);
    if (length === 0) {
      own.push(line);
      continue;
    }
    const next = lines.slice(at + length).find((each) => each.trim() !== '');
    if (next === undefined || !isQuote(next)) break;
    at += length - 1;
  }
  return own;
}

/** `On …, … wrote:` and its like, each in the order of its language; a program may break it into up to three lines. */
const ATTRIBUTIONS = [
  /^\s*On\b.{6,300}\bwrote\s*:$/i,
  /^\s*Le\b.{6,300}\ba écrit\s*:$/i,
  /^\s*Am\b.{6,300}\bschrieb\b.{0,200}:$/i,
  /^\s*El\b.{6,300}\bescribió\s*:$/i,
  /^.{3,200}\b(?:wrote|a écrit|schrieb|escribió)\b.{0,60}\d{4}.{0,60}:$/i,
];
const MAY_BEGIN = /^\s*(?:On|Le|Am|El)\b.{0,120}\d/;

/** How many lines from here on introduce a quotation; 0 for none. */
function attribution(lines: readonly string[], at: number): number {
  const first = lines[at] ?? '';
  if (first.length > 300) return 0;
  for (let length = 1; length <= 3; length += 1) {
    if (length > 1 && !MAY_BEGIN.test(first)) return 0;
    const joined = lines
      .slice(at, at + length)
      .map((line) => line.trim())
      .join(' ');
    if (ATTRIBUTIONS.some((pattern) => pattern.test(joined.trim()))) return length;
  }
  return 0;
}

const DIVIDERS = [
  /^\s*-{2,}\s*(?:Original Message|Forwarded message|Ursprüngliche Nachricht|Weitergeleitete Nachricht|Message d['’]origine|Message transféré|Mensaje original|Mensaje reenviado)\s*-{2,}\s*$/i,
  /^\s*_{20,}\s*$/,
];
/** The header that Outlook repeats above what it answers. */
const SENDER = /^\s*\*?(?:From|Von|De)\s?:\*?\s/i;
const SENT = /^\s*\*?(?:Sent|Date|Gesendet|Datum|Envoyé|Enviado(?: el)?|Fecha)\s?:\*?\s/i;

function isDivider(lines: readonly string[], at: number): boolean {
  const line = lines[at] ?? '';
  if (DIVIDERS.some((pattern) => pattern.test(line))) return true;
  return SENDER.test(line) && lines.slice(at + 1, at + 4).some((each) => SENT.test(each));
}

/** What programs put below a text unasked. */
const ADVERTS = [
  /^\s*(?:Sent from|Gesendet (?:von|mit)|Von mein\S+ .{1,40} gesendet|Envoyé (?:de|depuis|à partir)|Enviado (?:desde|de))\b.{0,80}$/i,
  /^\s*(?:Get Outlook for|Outlook für|Télécharger Outlook|Obtener Outlook|Provenance\s?:)\b.{0,80}$/i,
  /^\s*(?:Diese Nachricht wurde von mein\S+ .{1,60} gesendet)\.?\s*$/i,
];

function withoutSignature(lines: readonly string[]): readonly string[] {
  const at = lines.findIndex((line) => /^-- ?$/.test(line) || ADVERTS.some((pattern) => pattern.test(line)));
  return at === -1 ? lines : lines.slice(0, at);
}

/** A line that only takes leave. */
const CLOSING =
  /^\s*(?:(?:best|kind|warm|many)(?: (?:kind|warm))? (?:regards|wishes|thanks)|regards|sincerely(?: yours)?|yours(?: \w+)?|cheers|thanks(?: a lot| again)?|thank you|(?:mit )?(?:freundlichen?|besten?|vielen?|lieben?|herzlichen?|schönen?) (?:grüßen?|grüssen?|gruß|gruss|dank)|[lv]g|mfg|danke|(?:bien )?cordialement|(?:bien )?(?:amicalement|à vous)|(?:meilleures |sincères )?salutations(?: distinguées)?|merci(?: d['’]avance)?|(?:un )?(?:cordial )?saludos?(?: cordial(?:es)?)?|atentamente|(?:un )?abrazos?|(?:muchas )?gracias)\s*[,.!]?\s*$/i;
const MOST_LINES_OF_A_CLOSING = 7;

/** Whoever takes leave writes their name below: both go, if something is left. */
function withoutClosing(lines: readonly string[]): readonly string[] {
  const last = lines.findLastIndex((line) => line.trim() !== '');
  const from = Math.max(0, last - MOST_LINES_OF_A_CLOSING);
  for (let at = from; at <= last; at += 1) {
    if (!CLOSING.test(lines[at] ?? '')) continue;
    const below = lines.slice(at + 1, last + 1);
    const isName = below.every((line) => line.length <= 60) && below.length > 0;
    if (isName && lines.slice(0, at).some((line) => line.trim() !== '')) return lines.slice(0, at);
  }
  return lines;
}
