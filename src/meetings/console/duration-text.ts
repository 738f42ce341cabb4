import type { Language } from '../../../libs/web/i18n.js';

/** "1 day", "1 hour, 30 minutes". */
export function duration(language: Language, minutes: number): string {
  const parts = { days: Math.floor(minutes / 1440), hours: Math.floor((minutes % 1440) / 60), minutes: minutes % 60 };
  return new Intl.DurationFormat(language, { style: 'long' }).format(parts);
}
