import { escapeHtml } from '../../libs/mail/mail-template.js';

/** What a mail says, piece by piece. From these both its texts are written, so that neither says what the other does not. */
export type Block =
  | { readonly kind: 'paragraph'; readonly text: string }
  /** What matters most besides the title: when. It stands right below, as inboxes show the beginning of a mail. */
  | { readonly kind: 'lead'; readonly text: string }
  /** Words of people, with their own line breaks. */
  | { readonly kind: 'words'; readonly text: string }
  /** What someone else said, set apart from what we say. */
  | { readonly kind: 'said'; readonly text: string }
  | { readonly kind: 'fact'; readonly label: string; readonly value: string }
  /** One act and its link; `main` is what most will want. */
  | { readonly kind: 'act'; readonly label: string; readonly url: string; readonly main: boolean };

export interface Letter {
  readonly language: string;
  readonly title: string;
  readonly blocks: readonly Block[];
  /** Why it came, what it does not bind to, how to stop. */
  readonly footer: readonly Block[];
  readonly signature: string;
  /** After a label, as the language sets it. */
  readonly colon: string;
}

export const paragraph = (text: string): Block => ({ kind: 'paragraph', text });
export const lead = (text: string): Block => ({ kind: 'lead', text });
export const words = (text: string): Block => ({ kind: 'words', text });
export const said = (text: string): Block => ({ kind: 'said', text });
export const fact = (label: string, value: string): Block => ({ kind: 'fact', label, value });
export const act = (label: string, url: string): Block => ({ kind: 'act', label, url, main: true });
export const link = (label: string, url: string): Block => ({ kind: 'act', label, url, main: false });

/** As plain text, which is the mail itself: every link stands on a line of its own. */
export function plainText({ title, blocks, footer, signature, colon }: Letter): string {
  const written = (parts: readonly Block[]): string => parts.map((block) => `${plainBlock(block, colon)}\n`).join('\n');
  return `${title}\n\n${written(blocks)}\n${signature}\n\n-- \n${written(footer)}`;
}

function plainBlock(block: Block, colon: string): string {
  switch (block.kind) {
    case 'lead':
    case 'paragraph':
    case 'words':
      return block.text;
    case 'said':
      return block.text.replace(/^/gm, '> ');
    case 'fact':
      return `${block.label}${colon}\n${block.value}`;
    case 'act':
      return `${block.label}${colon}\n${block.url}`;
  }
}

/**
 * As a document without pictures and scripts. It sets no colours but those of its buttons, so that a program that is dark
 * stays dark, and is read well where styles are left out.
 */
export function htmlText({ language, title, blocks, footer, signature }: Letter): string {
  return [
    '<!doctype html>',
    `<html lang="${escapeHtml(language)}">`,
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width">',
    '<meta name="color-scheme" content="light dark">',
    '<meta name="supported-color-schemes" content="light dark">',
    `<title>${escapeHtml(title)}</title>`,
    '</head>',
    `<body style="margin:0;padding:16px;font:${FONT}">`,
    '<div style="max-width:36em;margin:0 auto;word-wrap:break-word;overflow-wrap:anywhere">',
    `<h1 style="margin:0 0 12px;font-size:22px;line-height:1.25">${escapeHtml(title)}</h1>`,
    ...blocks.map((block) => htmlBlock(block)),
    `<p style="margin:24px 0 0">${escapeHtml(signature)}</p>`,
    '<hr style="margin:24px 0 16px;border:0;border-top:1px solid #8a8a8a">',
    '<div style="font-size:14px">',
    ...footer.map((block) => htmlBlock(block, 8)),
    '</div>',
    '</div>',
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

const FONT = "16px/1.5 -apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";
const BUTTON =
  'display:inline-block;padding:12px 20px;border:1px solid #0b5d44;border-radius:6px;background:#0b5d44;color:#ffffff;' +
  'font-weight:bold;text-decoration:none';

/** @param below the space below it, in pixels: links of small letters stay far enough apart for a thumb */
function htmlBlock(block: Block, below = 16): string {
  const margin = `margin:0 0 ${String(below)}px`;
  switch (block.kind) {
    case 'lead':
      return `<p style="${margin};font-size:18px;line-height:1.35"><strong>${escapeHtml(block.text)}</strong></p>`;
    case 'paragraph':
      return `<p style="${margin}">${escapeHtml(block.text)}</p>`;
    case 'words':
      return `<p style="${margin}">${withBreaks(block.text)}</p>`;
    case 'said':
      return `<p style="${margin};padding-left:12px;border-left:3px solid #8a8a8a">${withBreaks(block.text)}</p>`;
    case 'fact':
      return `<p style="${margin}"><strong>${escapeHtml(block.label)}</strong><br>\n${escapeHtml(block.value)}</p>`;
    case 'act': {
      const [label, url] = [escapeHtml(block.label), escapeHtml(block.url)];
      if (!block.main) return `<p style="${margin}"><a href="${url}">${label}</a></p>`;
      return `<p style="${margin}"><a href="${url}" style="${BUTTON}">${label}</a></p>`;
    }
  }
}

const withBreaks = (text: string): string => escapeHtml(text).replaceAll('\n', '<br>\n');
