import type { ConsoleCount, PublicCount } from '../privacy/bands.js';
import type { Translate } from './i18n.js';

/** A count as it reads: "fewer than 10", "5–9", "about 25". */
export function countText(t: Translate, count: PublicCount | ConsoleCount): string {
  switch (count.kind) {
    case 'fewer-than':
      return t('web.count.fewer-than', { n: count.n });
    case 'between':
      return t('web.count.between', { from: count.from, to: count.to });
    case 'about':
      return t('web.count.about', { n: count.n });
  }
}
