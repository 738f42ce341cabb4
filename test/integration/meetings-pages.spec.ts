import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestDatabase } from '../support/database.js';
import {
  announce,
  change,
  draftMeeting,
  enrol,
  hasLink,
  idOf,
  inMinutes,
  linkIn,
  MEETING,
  reach,
  signIn,
  someEvening,
  wallClock,
} from '../support/journeys.js';
import { Product } from '../support/product.js';
import type { Answer, Filled, Visitor } from '../support/visitor.js';

let product: Product;
let database: TestDatabase;
let coordinator: Visitor;

beforeAll(async () => {
  product = await Product.start();
  database = await TestDatabase.open(product.env['MONGODB_URI'] ?? '');
  coordinator = await signIn(product);
});
afterAll(async () => {
  await database.close();
  await product.stop();
});

const NEW = '/console/meetings/new';
const ours = (): Record<string, string> => ({ origin: product.address, 'sec-fetch-site': 'same-origin' });
const valueOf = (page: Answer, name: string): readonly string[] => page.form().controls.get(name)?.values ?? [];
const listed = async (): Promise<number> =>
  (await coordinator.open('/console/meetings')).links.filter(({ href }) => /^\/console\/meetings\/(?!new)/.test(href))
    .length;

/** The next night on which clocks in Berlin go back, and the next on which they go forward. */
function clockChanges(): { back: string; forward: string } {
  const found: Record<'back' | 'forward', string> = { back: '', forward: '' };
  let at = Temporal.Now.zonedDateTimeISO('Europe/Berlin').add({ days: 2 });
  for (let i = 0; i < 2; i++) {
    const next = at.getTimeZoneTransition('next');
    if (!next) throw new Error('clocks never change');
    const before = next.subtract({ seconds: 1 });
    found[next.offsetNanoseconds < before.offsetNanoseconds ? 'back' : 'forward'] = next.toPlainDate().toString();
    at = next;
  }
  return found;
}

describe('the form of a new meeting', () => {
  const fill = async (fields: Filled): Promise<Answer> => {
    await coordinator.open(NEW);
    return coordinator.submit({ ...MEETING, ...someEvening(), title: 'Refused', reminders: ['60', '15'], ...fields });
  };

  it.each<[string, () => Filled, string]>([
    ['a start in the past', () => wallClock(inMinutes(-10), 'Europe/Berlin'), 'date'],
    ['a time that clocks skip', () => ({ date: clockChanges().forward, time: '02:30' }), 'time'],
    ['a time that comes twice', () => ({ date: clockChanges().back, time: '02:30' }), 'fold'],
    ['a room that is not https', () => ({ room: 'http://meet.example/x' }), 'room'],
    ['an end before the start', () => ({ durationMinutes: '-5' }), 'durationMinutes'],
  ])('refuses %s beside the field, keeps what was typed and saves nothing', async (_, fields, name) => {
    const before = await listed();
    const page = await fill(fields());
    expect(page.status).toBe(422);
    expect(page.body).toContain(`id="field-${name}-error"`);
    expect(page.body).toContain(`href="#field-${name}"`);
    for (const [field, typed] of Object.entries({ title: 'Refused', reminders: ['60', '15'], ...fields() }))
      expect(valueOf(page, field).filter((value) => value !== '')).toEqual([typed].flat());
    expect(await listed()).toBe(before);
  });

  it('asks which of two equal times is meant, and keeps that one', async () => {
    const { back } = clockChanges();
    await fill({ date: back, time: '02:30', title: 'In the long night' });
    expect(coordinator.page.form().controls.get('fold')?.options).toEqual(['earlier', 'later']);
    const page = await coordinator.submit({ fold: 'later' });
    expect(page.url.pathname).toMatch(/^\/console\/meetings\/[\w-]{22}$/);
    const { state } = await meetingIn(idOf(page.url.pathname));
    expect(state.start.toISOString().slice(11, 16)).toBe('01:30');
  });

  it('sent twice, at once or from the back button, makes one meeting', async () => {
    const before = await listed();
    await coordinator.open(NEW);
    const form = coordinator.page.form();
    const fields = Object.fromEntries([...form.controls].map(([name, { values }]) => [name, values]));
    const filled = { ...fields, ...MEETING, ...someEvening(), title: 'Once' } as Filled;
    const twice = await Promise.all([1, 2, 3].map(() => coordinator.post(NEW, filled, ours())));
    expect(new Set(twice.map(({ headers }) => headers.location)).size).toBe(1);
    const back = await coordinator.post(NEW, { ...filled, title: 'Again' }, ours());
    expect(back.headers.location).toBe(twice[0]?.headers.location);
    expect(await listed()).toBe(before + 1);
  });
});

const meetingIn = async (id: string): Promise<{ version: number; state: { start: Date; title: string } }> => {
  const found = await database.collection('meetings').findOne({ _id: id });
  return found as unknown as { version: number; state: { start: Date; title: string } };
};

describe('a draft', () => {
  it('is nobody’s business: its page, its file and its JSON are not there', async () => {
    const id = idOf(await draftMeeting(coordinator));
    for (const path of [`/meetings/${id}`, `/meetings/${id}.ics`, `/meetings/${id}/join`, `/api/v1/meetings/${id}`]) {
      const answer = await product.visitor().send(path);
      expect([path, answer.status]).toEqual([path, 404]);
    }
    const json = await product.visitor().send(`/api/v1/meetings/${id}`);
    expect(json.headers['content-type']).toContain('application/problem+json');
  });

  it('is announced only after a dry run of what it is now', async () => {
    const meeting = await draftMeeting(coordinator);
    const csrf = valueOf(await coordinator.open(`${meeting}/edit`), 'csrf')[0] ?? '';
    const post = (act: string, fields: Filled = {}): Promise<Answer> =>
      coordinator.post(`${meeting}/${act}`, { csrf, ...fields }, ours());
    expect((await post('announce')).status).toBe(409);
    expect((await post('dry-run')).status).toBe(200);
    await change(coordinator, meeting, 'edit', { title: 'Changed since' });
    expect((await post('announce')).status).toBe(409);
    expect((await product.visitor().send(`/meetings/${idOf(meeting)}`)).status).toBe(404);
    expect((await post('dry-run')).status).toBe(200);
    const announced = await post('announce');
    expect([announced.status, announced.headers.location]).toEqual([303, `${meeting}/progress`]);
    // The button again, from a page of before.
    expect((await post('announce')).headers.location).toBe(`${meeting}/progress`);
  });

  it('can be thrown away', async () => {
    const meeting = await draftMeeting(coordinator);
    await coordinator.open(meeting);
    await coordinator.submit({}, { form: /\/discard$/ });
    expect(coordinator.page.url.pathname).toBe('/console/meetings');
    expect((await coordinator.open(meeting)).status).toBe(404);
  });
});

describe('a change', () => {
  it('made to what someone else changed meanwhile is shown again, not saved, until it is sent again', async () => {
    const meeting = await draftMeeting(coordinator, { title: 'First' });
    const other = await signIn(product);
    await other.open(`${meeting}/edit`);
    await change(coordinator, meeting, 'edit', { title: 'Second' });
    const late = await other.submit({ title: 'Third' }, { form: /\/edit$/ });
    expect(late.status).toBe(409);
    expect(valueOf(late, 'title')).toEqual(['Third']);
    expect((await meetingIn(idOf(meeting))).state.title).toBe('Second');
    expect((await other.submit({}, { form: /\/edit$/ })).status).toBe(200);
    expect((await meetingIn(idOf(meeting))).state.title).toBe('Third');
  });

  it('of the time is shown before it is made, and refused beside the field', async () => {
    const meeting = await draftMeeting(coordinator);
    await announce(coordinator, meeting);
    const { start } = (await meetingIn(idOf(meeting))).state;
    const { date, time } = someEvening();
    await reach(coordinator, meeting, 'move');
    const same = await coordinator.submit({ date, time }, { form: /\/move$/ });
    expect([same.status, same.body.includes('id="field-time-error"')]).toEqual([422, true]);
    const skipped = await coordinator.submit({ date: clockChanges().forward, time: '02:30' }, { form: /\/move$/ });
    expect(skipped.status).toBe(422);
    const preview = await coordinator.submit({ date, time: '20:00' }, { form: /\/move$/ });
    expect(preview.status).toBe(200);
    expect(preview.text).toContain('fewer than 5');
    expect((await meetingIn(idOf(meeting))).state.start).toEqual(start);
    await coordinator.submit({}, { form: /\/move$/ });
    expect((await meetingIn(idOf(meeting))).state.start.getTime() - start.getTime()).toBe(2 * 3_600_000);
  });
});

describe('sending', () => {
  it('is shown while it goes on, by a page that loads itself again, and then no more', async () => {
    await product.worker.stop();
    const meeting = await draftMeeting(coordinator);
    await announce(coordinator, meeting);
    expect(coordinator.page.url.pathname).toBe(`${meeting}/progress`);
    expect(coordinator.page.headers['refresh']).toBe('5');
    expect(coordinator.page.text).toMatch(/\bsending\b/i);
    await product.worker.start();
    await database.settled();
    const sent = await coordinator.open(`${meeting}/progress`);
    expect(sent.text).toContain('All sent');
    expect(sent.headers['refresh']).toBeUndefined();
  });
});

describe('a host', () => {
  it('leads the meetings they create, and sees no others', async () => {
    const email = 'host@copargo.example';
    const day = (days: number): string => Temporal.Now.plainDateISO('UTC').add({ days }).toString();
    await coordinator.open('/console/people');
    await coordinator.submit(
      { email, role: 'host', region: 'copargo', mandate: 'Meetings', resolution: 'GA 1', from: day(0), until: day(99) },
      { form: /\/console\/people$/ },
    );
    const theirs = await draftMeeting(coordinator, { title: 'Not the host’s' });
    const host = await signIn(product, email);
    await host.open(NEW);
    expect(host.page.form().controls.has('host')).toBe(false);
    const own = await draftMeeting(host, { title: 'The host’s own' });
    for (const act of ['', '/edit', '/move', '/cancel', '/progress', '/dry-run'])
      expect([act, (await host.open(`${theirs}${act}`)).status]).toEqual([act, 403]);
    const list = await host.open('/console/meetings');
    expect(list.text).toContain('The host’s own');
    expect(list.text).not.toContain('Not the host’s');
    expect((await coordinator.open(own)).status).toBe(200);
    await announce(host, own);
    const mail = await product.mailbox.waitForMailTo(email, (each) => each.calendar !== undefined);
    expect(mail.calendar).toContain('PARTSTAT=ACCEPTED');
  });
});

describe('seats', () => {
  it('when all are taken, the page says so and keeps the answer before', async () => {
    const guests = ['first@seats.example', 'second@seats.example'];
    await Promise.all(guests.map((email) => enrol(product, { email, language: 'en' })));
    const meeting = await draftMeeting(coordinator, { title: 'One seat', capacity: '1' });
    await announce(coordinator, meeting);
    const pages: Visitor[] = [];
    for (const email of guests) {
      const isIt = (subject: string): boolean => subject.includes('One seat');
      const mail = await product.mailbox.waitForMailTo(
        email,
        (each) => isIt(each.subject) && hasLink('invitations')(each),
      );
      const visitor = product.visitor('en');
      await visitor.open(linkIn(mail, 'invitations'));
      pages.push(visitor);
    }
    const [first, second] = pages as [Visitor, Visitor];
    const press = (visitor: Visitor, value: string): Promise<Answer> =>
      visitor.submit({}, { form: /\/invitations\/[\w-]+$/, button: { name: 'answer', value } });
    expect(first.page.text).toContain('Will you come?');
    await press(second, 'tentative');
    expect((await press(first, 'accepted')).text).toContain('accepted');
    // Asked once: what was said can be changed.
    expect([first.page.text.includes('Will you come?'), first.page.text.includes('Change your reply')]).toEqual([
      false,
      true,
    ]);
    expect((await press(first, 'accepted')).status).toBe(200);
    const refused = await press(second, 'accepted');
    expect([refused.status, refused.text.includes('All seats are taken.')]).toEqual([409, true]);
    expect(refused.text).toContain('Your reply: maybe');

    const page = await product.visitor().open(`/meetings/${idOf(meeting)}`);
    expect(page.text).toContain('All seats are taken.');
    expect(page.links.some(({ href }) => href.endsWith('/join'))).toBe(false);
    await press(first, 'declined');
    expect((await press(second, 'accepted')).status).toBe(200);
  });
});

describe('a cancelled meeting', () => {
  it('says so everywhere, and takes nobody', async () => {
    const email = 'guest@cancelled.example';
    await enrol(product, { email, language: 'en' });
    const meeting = await draftMeeting(coordinator, { title: 'To be cancelled' });
    await announce(coordinator, meeting);
    const mail = await product.mailbox.waitForMailTo(email, ({ subject }) => subject.includes('To be cancelled'));
    const path = `/meetings/${idOf(meeting)}`;
    const early = product.visitor();
    await early.open(path);
    await change(coordinator, meeting, 'cancel', { reason: 'The hall is flooded.' });
    for (const act of ['move', 'cancel'])
      expect((await coordinator.open(`${meeting}/${act}`)).url.pathname).toBe(meeting);

    const page = await product.visitor().open(path);
    expect([page.status, page.text.includes('The hall is flooded.'), page.forms.length]).toEqual([200, true, 0]);
    expect((await early.submit({ email: 'late@cancelled.example' })).status).toBe(409);
    expect((await product.visitor().send(`${path}.ics`)).body).toContain('STATUS:CANCELLED');
    const json = (await product.visitor().send(`/api/v1${path}`)).json();
    expect(json).toMatchObject({ status: 'cancelled', title: 'To be cancelled' });
    const guest = product.visitor();
    const own = await guest.open(linkIn(mail, 'invitations'));
    expect([own.text.includes('The hall is flooded.'), own.forms.length]).toEqual([true, 0]);
    await database.settled();
    expect(await product.mailbox.mailsTo('late@cancelled.example')).toHaveLength(0);
  });
});

describe('a meeting that repeats', () => {
  it('says so where it is listed and led, counts only the dates that take place, and asks which one moves', async () => {
    const weekly = { title: 'Thursday round', repeats: 'weekly', occurrences: '3', timeZone: 'Africa/Porto-Novo' };
    const meeting = await draftMeeting(coordinator, weekly);
    expect(coordinator.page.text).toContain('Every week');
    await announce(coordinator, meeting);
    const form = await reach(coordinator, meeting, 'cancel');
    const [first = ''] = coordinator.page.formWith('occurrence').controls.get('occurrence')?.options ?? [];
    await coordinator.submit({ occurrence: first, scope: 'this' }, { form });
    await coordinator.submit({}, { form });
    expect((await coordinator.open(meeting)).text).toContain('2 dates are still to come.');
    const move = await coordinator.follow(/\/move$/);
    expect([move.text.includes('The time zone stays: Porto-Novo.'), move.text.includes('Which date')]).toEqual([
      true,
      true,
    ]);
    expect((await product.visitor().open('/meetings')).text).toContain('Every week, 2 dates to come');
  });

  it('leads from the preview of a move back to the meeting', async () => {
    const meeting = await draftMeeting(coordinator, { title: 'Not yet sure' });
    await announce(coordinator, meeting);
    await reach(coordinator, meeting, 'move');
    const preview = await coordinator.submit({ date: someEvening().date, time: '20:00' }, { form: /\/move$/ });
    expect(preview.links.find(({ text }) => text === 'Back to the meeting')?.href).toBe(meeting);
  });
});

describe('pages of meetings', () => {
  it('show the time in the zone of whoever reads, where it is known', async () => {
    const meeting = await draftMeeting(coordinator, { title: 'Far away' });
    await announce(coordinator, meeting);
    const id = idOf(meeting);
    const page = await product.visitor().open(`/meetings/${id}?timeZone=America/Guayaquil`);
    expect(page.text).toContain('Guayaquil');
    expect(page.text).toContain('18:00');
    const list = await product.visitor('fr').open('/fr/meetings?region=copargo');
    expect(list.text).toContain('Porto-Novo');
    for (const zone of ['Mars/X', '%00', '+01:00', '__proto__'])
      expect((await product.visitor().open(`/meetings/${id}?timeZone=${zone}&region[$gt]=`)).status).toBe(200);
  });

  it('sign up nobody who fills in what nobody sees', async () => {
    const id = idOf(
      await draftMeeting(coordinator, { title: 'For robots' }).then(async (meeting) => {
        await announce(coordinator, meeting);
        return meeting;
      }),
    );
    const robot = product.visitor();
    await robot.open(`/meetings/${id}`);
    const answer = await robot.submit({ email: 'robot@robots.example', website: 'https://buy.example' });
    expect(answer.status).toBe(200);
    await database.settled();
    expect(await product.mailbox.mailsTo('robot@robots.example')).toHaveLength(0);
  });
});
