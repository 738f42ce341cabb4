/** Where mail programs begin to quote in HTML: all from there on is not the writer's. */
const QUOTES = [
  '<blockquote',
  'class="gmail_quote',
  'id="divrplyfwdmsg"',
  'id="appendonsend"',
  'class="moz-cite-prefix"',
  'class="yahoo_quoted',
  'id="mail-editor-reference-message-container"',
];
/** What of an element is no text. */
const HIDDEN: ReadonlySet<string> = new Set(['head', 'style', 'script', 'title', 'template', 'noscript']);
const BREAKS: ReadonlySet<string> = new Set([
  'br',
  'p',
  'div',
  'li',
  'tr',
  'h1',
  'h2',
  'h3',
  'table',
  'ul',
  'ol',
  'hr',
]);
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };
const MOST = 256 * 1_024;

/** The text of a mail that has none but HTML, up to what it quotes. Linear in its length; what it shows is text, never HTML. */
export function htmlWords(html: string): string {
  const source = html.slice(0, MOST);
  const lower = source.toLowerCase();
  const quotes = QUOTES.map((mark) => lower.indexOf(mark)).filter((at) => at !== -1);
  const end = Math.min(source.length, ...quotes);
  let text = '';
  let at = 0;
  while (at < end) {
    const open = source.indexOf('<', at);
    if (open === -1 || open >= end) break;
    text += source.slice(at, open).replace(/\s+/g, ' ');
    const comment = source.startsWith('<!--', open);
    const close = source.indexOf(comment ? '-->' : '>', open);
    if (close === -1) return withEntities(text);
    const name = comment ? '' : (/^\/?([a-z][a-z0-9]{0,20})/.exec(lower.slice(open + 1, open + 24))?.[1] ?? '');
    at = close + (comment ? 3 : 1);
    if (HIDDEN.has(name) && source[open + 1] !== '/') {
      const closing = lower.indexOf(`</${name}`, at);
      at = closing === -1 ? end : closing;
    } else if (BREAKS.has(name)) text += name === 'br' || source[open + 1] === '/' ? '\n' : '';
  }
  if (at < end)
    text += source
      .slice(at, end)
      .replace(/<[^]*$/, '')
      .replace(/\s+/g, ' ');
  return withEntities(text);
}

const withEntities = (text: string): string =>
  text
    .replace(/ *\n */g, '\n')
    .replace(
      /&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]{2,6}));/gi,
      (whole, decimal?: string, hex?: string, name?: string) => {
        if (name !== undefined) return Object.hasOwn(ENTITIES, name) ? (ENTITIES[name] ?? whole) : whole;
        const code = decimal === undefined ? parseInt(hex ?? '', 16) : Number(decimal);
        return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '';
      },
    )
    .trim();
