import type { Translate } from '../../../libs/web/i18n.js';

/** A likely wait as it reads: "about 15 minutes". Nobody can say it closer than in steps of 5. */
export const waitText = (t: Translate, minutes: number): string =>
  minutes < 1 ? t('queue.wait.hardly') : t('queue.wait.minutes', { minutes: Math.ceil(minutes / 5) * 5 });
