import { everyDay, offerHours } from './office-hours.js';
import type { Form } from './page.js';
import type { Answer, Filled, Visitor } from './visitor.js';
import { eventually } from './waiting.js';

/** Saves office hours that are open now, whenever that is; gives the path of their public page. */
export async function offerNow(host: Visitor, fields: Filled = {}): Promise<string> {
  const now = Temporal.Now.instant();
  const form = (await host.open('/console/office-hours/new')).formWith('timeZone');
  // Far from any midnight, at which a queue ends.
  const isNoon = (zone: string): boolean => Math.abs(now.toZonedDateTimeISO(zone).hour - 12) <= 3;
  const timeZone = form.controls.get('timeZone')?.options?.find(isNoon) ?? 'UTC';
  const from = now.toZonedDateTimeISO(timeZone).toPlainDate().subtract({ days: 1 }).toString();
  return offerHours(host, { ...everyDay('00:00-24:00'), timeZone, from, ...fields });
}

/** Takes a place; the visitor then stands on the page of the ticket. */
export async function takePlace(visitor: Visitor, path: string, fields: Filled = {}): Promise<Visitor> {
  await visitor.open(`/${visitor.language}${path}/queue`);
  await visitor.submit({ language: 'fr', ...fields }, { form: /\/queue$/ });
  if (!/\/queue\/[\w-]{40,}$/.test(visitor.page.url.pathname)) throw new Error(`no ticket: ${visitor.page.seen}`);
  return visitor;
}

/** The form of the button for an act. */
export function formFor(page: Answer, act: string): Form {
  const form = page.forms.find(({ controls }) => controls.get('act')?.values.includes(act));
  if (!form) throw new Error(`no button to ${act} on ${page.seen}`);
  return form;
}

/** Presses the button for an act. */
export const pressFor = (visitor: Visitor, act: string): Promise<Answer> =>
  visitor.submit({}, { form: formFor(visitor.page, act) });

/** Looks at the same page again. */
export const lookAgain = (visitor: Visitor): Promise<Answer> => visitor.open(visitor.page.url.pathname);

/** Reads server-sent events as a browser does. */
export async function listenTo(address: string, headers: Readonly<Record<string, string>> = {}) {
  const ending = new AbortController();
  const answer = await fetch(address, { headers, signal: ending.signal });
  let text = '';
  const reading = (async () => {
    const decoder = new TextDecoder();
    for await (const chunk of answer.body ?? []) text += decoder.decode(chunk, { stream: true });
  })().catch(() => undefined);
  return {
    answer,
    until: (what: RegExp) => eventually(String(what), () => what.test(text)),
    end: async () => {
      ending.abort();
      await reading;
    },
  };
}
