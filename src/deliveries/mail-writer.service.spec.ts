import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import ICAL from 'ical.js';
import { aSubject } from '../../test/support/deliveries.js';
import { shapeOf } from '../../test/support/mime.js';
import {
  any,
  type Case,
  CASES,
  catalogue,
  every,
  hasCalendar,
  headerOf,
  linksIn,
  type Mail,
  mails,
  ofMeeting,
  read,
  textOf,
  withMails,
  writerWith,
  writingOf,
} from '../../test/support/written-mails.js';
import { HOUR, plus } from '../../libs/time/clock.js';
import { isMatterKind } from './booking-matters.service.js';

withMails();

describe('what every mail says', () => {
  it('is that it binds to nothing and that nobody is named, in text and HTML', () => {
    every(any, (mail) => {
      const t = catalogue.translator(mail.each.language);
      for (const type of ['text/plain', 'text/html']) {
        const text = textOf(mail, type).replaceAll('&#39;', "'");
        expect(text).toContain(t('mail.footer.not-a-commitment'));
        expect(text).toContain(t('mail.footer.never-disclosed'));
      }
    });
  });

  it('stands in the calendar, too', () => {
    every(hasCalendar, (mail) => {
      const root = new ICAL.Component(ICAL.parse(textOf(mail, 'text/calendar')) as unknown[]);
      const description = String(root.getFirstSubcomponent('vevent')?.getFirstPropertyValue('description'));
      const t = catalogue.translator(mail.each.language);
      expect(description).toContain(t('mail.footer.not-a-commitment'));
      expect(description).toContain(t('mail.footer.never-disclosed'));
      const isOver = mail.each.kind === 'cancel';
      expect(/\/invitations\/[\w-]{48}/.test(description)).toBe(!isOver);
      for (const name of ['LOCATION', 'URL', 'CONFERENCE'])
        expect(new RegExp(`^${name}[;:]`, 'm').test(textOf(mail, 'text/calendar'))).toBe(!isOver);
    });
  });

  it('is headed by its subject; where it is about a time, this stands right below, as inboxes show what comes first', () => {
    every(any, (mail) => {
      const subject = mail.parsed.subject ?? '';
      expect(textOf(mail, 'text/plain').split('\r\n')[0]).toBe(subject);
      expect(/<h1[^>]*>([^<]*)<\/h1>/.exec(textOf(mail, 'text/html'))?.[1]?.replaceAll('&#39;', "'")).toBe(subject);
    });
    every(
      (each) => ofMeeting(each) || isMatterKind(each.kind),
      (mail) => {
        expect(textOf(mail, 'text/plain').split('\r\n')[2]).toMatch(/2027, 19:00–20:30, Porto[ -]Novo$/);
        expect(textOf(mail, 'text/html')).toMatch(
          /<\/h1>\r\n<p [^>]*><strong>[^<]* 2027, 19:00–20:30, Porto[ -]Novo<\/strong><\/p>/,
        );
      },
    );
  });

  it('has the same links in text and HTML, one for each act', () => {
    every(any, (mail) => {
      const inText = new Set(linksIn(textOf(mail, 'text/plain')));
      const inHtml = new Set(linksIn(textOf(mail, 'text/html')));
      expect(inHtml).toEqual(inText);
    });
    every(
      ({ kind, occasion }) => kind === 'request' && occasion !== undefined,
      (mail) => {
        const paths = linksIn(textOf(mail, 'text/plain')).map((url) => new URL(url).pathname.split('/')[1]);
        expect(new Set(paths)).toEqual(new Set(['invitations', 'join', 'unsubscribe', 'me']));
      },
    );
  });

  it('is in the reader’s language, with no text left unfilled', () => {
    every(any, (mail) => {
      expect(textOf(mail, 'text/html')).toContain(`<html lang="${mail.each.language}">`);
      for (const type of ['text/plain', 'text/html'])
        expect(textOf(mail, type)).not.toMatch(/[{}\ue000\ue001]|undefined/);
    });
  });

  it('comes without pictures, scripts and fonts from elsewhere', () => {
    every(any, (mail) => {
      expect(textOf(mail, 'text/html')).not.toMatch(/<(img|script|link|iframe|form)\b|url\(|@import|background-image/i);
    });
  });

  it('never has the room’s address in it: the link to join opens in its time', () => {
    every(ofMeeting, ({ raw }) => {
      expect(Buffer.from(raw).toString()).not.toMatch(/meet\.jit\.si/);
    });
  });
});

describe('a repeat', () => {
  it('is the same bytes from another process with the same key', async () => {
    for (const each of CASES) {
      const subject = aSubject();
      const [first, second] = [writerWith(subject), writerWith(subject)];
      expect(await second.write(writingOf(each, subject))).toBe(await first.write(writingOf(each, subject)));
    }
  });
});

it('a reminder says how far off the meeting is, for each by the time at which it is sent', async () => {
  const subject = aSubject({ title: 'Ideas' });
  const writer = writerWith(subject);
  const reminder: Case = { name: 'reminder', kind: 'reminder', language: 'en' };
  const saidAt = async (date: Date): Promise<readonly string[]> => {
    const mail = await read(reminder, await writer.write(writingOf(reminder, subject, { fixed: { date } })));
    return [headerOf(mail, 'subject'), /^This meeting .*$/m.exec(textOf(mail, 'text/plain'))?.[0] ?? ''];
  };
  expect(await saidAt(plus(subject.start, -24 * HOUR))).toEqual([
    'Reminder, tomorrow: Ideas',
    'This meeting begins tomorrow.',
  ]);
  expect(await saidAt(plus(subject.start, -HOUR))).toEqual([
    'Reminder, in 1 hour: Ideas',
    'This meeting begins in 1 hour.',
  ]);
});

describe('hostile words of people', () => {
  const words = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 120 }),
    fc.constantFrom(
      'x\r\nBcc: v@x.example',
      'END:VEVENT\r\nEND:VCALENDAR',
      '<script>alert(1)</script><img src=x onerror=y>',
      '\ue000unsubscribe\ue001',
      '{when} # {title, plural, one {x}}',
      '"; ATTENDEE:mailto:v@x.example',
      'javascript:alert(1) https://evil.example/?a=1',
    ),
  );

  it('stay words: headers, parts, markup and calendar keep their shape', async () => {
    const shapes = fc.constantFrom(...CASES.filter(({ kind }) => ofMeeting({ kind }) || kind === 'meetings-note'));
    await fc.assert(
      fc.asyncProperty(shapes, words, words, words, async (each, title, description, reason) => {
        const subject = aSubject({ title, description, cancelReason: reason, dialIn: description });
        const plain = mails.find((mail) => mail.each === each);
        const mail = await read(each, await writerWith(subject).write(writingOf(each, subject)));
        expect(mail.root.headers.map(([name]) => name)).toEqual(plain?.root.headers.map(([name]) => name));
        expect(shapeOf(mail.root)).toBe(shapeOf((plain as Mail).root));
        expect(mail.raw).toMatch(/^[\x20-\x7e\t\r\n]*$/);
        expect(textOf(mail, 'text/html')).not.toMatch(/<(script|img)/);
        if (!hasCalendar(each)) return;
        const events = new ICAL.Component(ICAL.parse(textOf(mail, 'text/calendar')) as unknown[]).getAllSubcomponents(
          'vevent',
        );
        expect(events).toHaveLength(1);
        expect(events[0]?.getAllProperties('attendee')).toHaveLength(1);
      }),
      { numRuns: 150 },
    );
  });
});
