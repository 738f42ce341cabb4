import { describe, expect, it } from '@jest/globals';
import { done, refuse } from '../../../libs/rules/decision.js';
import { HOUR } from '../../../libs/time/clock.js';
import { parseForm } from '../../../libs/web/forms.js';
import { countedId } from '../../../test/support/ids.js';
import type { Meeting } from '../meeting.js';
import { cancelSchema, editSchema, moveSchema, newMeetingSchema, startOf, timeOf, valuesOf } from './meeting-form.js';

const host = countedId(1);
const schema = newMeetingSchema({ languages: ['en', 'fr'], audiences: ['everyone', 'alfter'], hosts: [host] });
const typed = {
  title: 'First ideas',
  description: 'What could a first step be?\r\nBring one idea.',
  date: '2027-01-21',
  time: '18:00',
  timeZone: 'Europe/Berlin',
  durationMinutes: '60',
  audience: 'everyone',
};
const parse = (more: Record<string, unknown> = {}) => parseForm(schema, { ...typed, ...more });

/** What stands beside the field when it is posted like this; the texts' keys. */
const errorsOf = (more: Record<string, unknown>): unknown => {
  const form = parse(more);
  return form.ok ? {} : Object.fromEntries(Object.entries(form.errors).map(([name, { key }]) => [name, key]));
};

describe('the form of a new meeting', () => {
  it('reads what it needs and knows what is left out', () => {
    const form = parse();
    expect(form.ok && form.value).toEqual({
      title: 'First ideas',
      description: 'What could a first step be?\nBring one idea.',
      languages: [],
      room: '',
      dialIn: '',
      capacity: null,
      reminders: [1440, 60],
      date: '2027-01-21',
      time: '18:00',
      fold: undefined,
      timeZone: 'Europe/Berlin',
      durationMinutes: 60,
      audience: 'everyone',
      host: undefined,
      draft: undefined,
    });
  });

  it('reads everything else', () => {
    const form = parse({
      languages: ['fr', 'en', 'fr'],
      room: ' https://meet.example/ideas ',
      dialIn: '+49 228 5550100',
      capacity: '12',
      reminders: '15, 1440 ,60,60',
      fold: 'later',
      timeZone: 'Asia/Calcutta',
      host,
      draft: countedId(7),
    });
    expect(form.ok && form.value).toMatchObject({
      languages: ['fr', 'en'],
      room: 'https://meet.example/ideas',
      capacity: 12,
      reminders: [1440, 60, 15],
      fold: 'later',
      timeZone: 'Asia/Kolkata',
      host,
      draft: countedId(7),
    });
  });

  it.each([
    ['no title', { title: ' ' }, { title: 'error.required' }],
    ['a long title', { title: 'x'.repeat(121) }, { title: 'error.too-long' }],
    ['a title on two lines', { title: 'a\nb' }, { title: 'error.one-line' }],
    ['a title that runs backwards', { title: 'a\u202Eb' }, { title: 'error.characters' }],
    ['a NUL', { description: 'a\0b' }, { description: 'error.characters' }],
    ['a lone surrogate', { description: '\uD800' }, { description: 'error.characters' }],
    ['a description of a megabyte', { description: 'x'.repeat(2 ** 20) }, { description: 'error.too-long' }],
    ['two titles', { title: ['a', 'b'] }, { title: 'error.once' }],
    ['an operator for a title', { title: { $gt: '' } }, { title: 'error.invalid' }],
    ['30 February', { date: '2027-02-30' }, { date: 'error.date' }],
    ['the year 9999', { date: '9999-01-01' }, { date: 'error.date' }],
    ['the year 10000', { date: '10000-01-01' }, { date: 'error.date' }],
    ['a leap second', { time: '18:60' }, { time: 'error.time' }],
    ['24 hours', { time: '24:00' }, { time: 'error.time' }],
    ['a zone on Mars', { timeZone: 'Mars/X' }, { timeZone: 'console.meetings.error.zone' }],
    ['an offset for a zone', { timeZone: '+01:00' }, { timeZone: 'console.meetings.error.zone' }],
    ['no zone', { timeZone: '' }, { timeZone: 'error.choose' }],
    ['no duration', { durationMinutes: '' }, { durationMinutes: 'error.required' }],
    ['an end before the start', { durationMinutes: '-60' }, { durationMinutes: 'error.number' }],
    ['an end at the start', { durationMinutes: '0' }, { durationMinutes: 'error.number' }],
    ['more than a day', { durationMinutes: '1441' }, { durationMinutes: 'error.number' }],
    ['1e3 minutes', { durationMinutes: '1e3' }, { durationMinutes: 'error.number' }],
    ['seats in hex', { capacity: '0x10' }, { capacity: 'error.number' }],
    ['no seat at all', { capacity: '0' }, { capacity: 'error.number' }],
    ['a room without https', { room: 'http://meet.example/x' }, { room: 'console.meetings.error.room' }],
    ['a script for a room', { room: 'javascript:alert(1)' }, { room: 'console.meetings.error.room' }],
    ['reminders in words', { reminders: 'an hour' }, { reminders: 'console.meetings.error.reminders' }],
    ['a reminder between commas', { reminders: '60,,5' }, { reminders: 'console.meetings.error.reminders' }],
    ['a reminder too early', { reminders: '40321' }, { reminders: 'console.meetings.error.reminders' }],
    ['a reminder too late', { reminders: '1' }, { reminders: 'console.meetings.error.reminders' }],
    ['a reminder after the start', { reminders: '-60' }, { reminders: 'console.meetings.error.reminders' }],
    ['six reminders', { reminders: '5,6,7,8,9,10' }, { reminders: 'console.meetings.error.reminders-many' }],
    ['nobody as audience', { audience: 'nobody' }, { audience: 'error.not-in-list' }],
    ['an inherited name', { audience: '__proto__' }, { audience: 'error.not-in-list' }],
    ['a host of nowhere', { host: countedId(2) }, { host: 'error.not-in-list' }],
    ['a language we do not speak', { languages: 'xx' }, { languages: 'error.not-in-list' }],
  ])('refuses %s, beside its field', (_, more, errors) => {
    expect(errorsOf(more)).toEqual(errors);
  });

  it('keeps what was typed', () => {
    const form = parse({ room: 'http://x', reminders: 'soon' });
    expect(form).toMatchObject({ ok: false, values: { ...typed, room: 'http://x', reminders: 'soon' } });
  });

  it('makes no id of what is none', () => {
    for (const draft of ['x', { $gt: '' }, [countedId(1)], '__proto__']) {
      const form = parse({ draft });
      expect(form.ok && form.value.draft).toBeUndefined();
    }
  });

  it('takes an empty list of reminders for none', () => {
    const form = parse({ reminders: '' });
    expect(form.ok && form.value.reminders).toEqual([]);
  });

  it('takes reminders that were ticked one by one, after the word that there was a choice', () => {
    const form = parse({ reminders: ['', '60', '10080'] });
    expect(form.ok && form.value.reminders).toEqual([10_080, 60]);
    const untouched = parse({ reminders: undefined });
    expect(untouched.ok && untouched.value.reminders).toEqual([1440, 60]);
  });

  it('refuses reminders that no form sends', () => {
    const deep: unknown = JSON.parse(`${'['.repeat(20_000)}60${']'.repeat(20_000)}`);
    for (const reminders of [[{ toString: 1 }], ['60', {}], [null], [['60']], [deep], { join: 1 }])
      expect(errorsOf({ reminders })).toEqual({ reminders: expect.stringMatching(/^error\./) });
  });
});

describe('a start that is typed', () => {
  it.each([
    ['an evening', { date: '2027-01-21', time: '18:00' }, 'Europe/Berlin', done(new Date('2027-01-21T17:00:00Z'))],
    ['a time that clocks skip', { date: '2027-03-28', time: '02:30' }, 'Europe/Berlin', refuse('gap')],
    ['a day that was skipped', { date: '2011-12-30', time: '12:00' }, 'Pacific/Apia', refuse('gap')],
    ['a time that comes twice', { date: '2027-10-31', time: '02:30' }, 'Europe/Berlin', refuse('fold')],
    [
      'the earlier of two',
      { date: '2027-10-31', time: '02:30', fold: 'earlier' },
      'Europe/Berlin',
      done(new Date('2027-10-31T00:30:00Z')),
    ],
    [
      'the later of two',
      { date: '2027-10-31', time: '02:30', fold: 'later' },
      'Europe/Berlin',
      done(new Date('2027-10-31T01:30:00Z')),
    ],
    [
      'a choice where there is none',
      { date: '2027-01-21', time: '18:00', fold: 'later' },
      'Africa/Porto-Novo',
      done(new Date('2027-01-21T17:00:00Z')),
    ],
  ] as const)('%s', (_, start, zone, at) => {
    expect(startOf(start, zone)).toEqual(at);
  });

  it('lasts as long in real time over a clock change', () => {
    const start = startOf({ date: '2027-03-28', time: '01:30' }, 'Europe/Berlin');
    if (!start.ok) throw new Error(start.reason);
    const { end } = timeOf(start.value, 60, 'Europe/Berlin');
    expect(end.getTime() - start.value.getTime()).toBe(HOUR);
  });
});

describe('forms that change a meeting', () => {
  const meeting = { title: 'a', description: '', languages: [], dialIn: '', capacity: 5, reminders: [60] };
  const values = valuesOf(meeting as unknown as Meeting, 'https://meet.example/a');

  it('show what there is, and read it back as it was', () => {
    const form = parseForm(editSchema(['en']), { ...values, version: '3' });
    expect(form.ok && form.value).toEqual({ ...meeting, room: 'https://meet.example/a', version: 3 });
  });

  it('take a version that was shown, or act on what is there', () => {
    const version = (given: unknown): unknown => {
      const form = parseForm(moveSchema, { date: '2027-01-21', time: '18:00', version: given });
      return form.ok ? form.value.version : 'refused';
    };
    expect([version('7'), version(''), version(undefined), version('x'), version({ $gt: 0 })]).toEqual([
      7,
      undefined,
      undefined,
      'refused',
      'refused',
    ]);
  });

  it('are confirmed by yes alone', () => {
    const confirmed = (given: unknown): unknown => {
      const form = parseForm(cancelSchema, { reason: 'Flood', confirmed: given });
      return form.ok ? form.value.confirmed : 'refused';
    };
    expect([confirmed('yes'), confirmed(undefined), confirmed('no'), confirmed('true')]).toEqual([
      'yes',
      undefined,
      'refused',
      'refused',
    ]);
  });
});
