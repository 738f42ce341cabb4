import type { Answer } from './feedback.js';

const COLUMNS = ['topic', 'answer', 'region', 'country', 'language', 'meeting', 'week'] as const;

/** The first line, after a byte order mark: without it Excel reads UTF-8 as something else. */
export const csvHead = `\uFEFF${COLUMNS.join(',')}\r\n`;

/** One answer as a line (RFC 4180). */
export const csvLine = ({ topic, text, choice, place, language, meeting, week }: Answer): string =>
  [
    topic,
    text ?? choice ?? '',
    place && 'region' in place ? place.region : '',
    place && 'country' in place ? place.country : '',
    language ?? '',
    meeting ?? '',
    week,
  ]
    .map(cell)
    .join(',') + '\r\n';

/**
 * A cell that a spreadsheet takes as text: one that begins as a formula would gets an apostrophe in front, also after
 * blanks, and in the fullwidth forms that some spreadsheets read as the same signs.
 */
export function cell(value: string): string {
  const disarmed = /^[\s\u0000]*[=+\-@\t\r\n＝＋－＠|%]/.test(value) ? `'${value}` : value;
  return `"${disarmed.replaceAll('"', '""')}"`;
}
