import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { aSubject } from '../../test/support/deliveries.js';
import { countedId } from '../../test/support/ids.js';
import { shapeOf, valueOf } from '../../test/support/mime.js';
import {
  any,
  type Case,
  CASES,
  every,
  FIRST,
  hasCalendar,
  headerOf,
  linksIn,
  mails,
  METHODS,
  ofMeeting,
  part,
  read,
  textOf,
  times,
  TO,
  withMails,
  writerWith,
  writingOf,
} from '../../test/support/written-mails.js';
import { DkimSigner } from '../../libs/mail/dkim.js';
import { returnPath } from '../../libs/mail/return-path.js';
import { idBytes } from '../../libs/privacy/ids.js';
import { isBulk } from './reach.js';

withMails();

describe('alarms', () => {
  it('are not in a CANCEL', () => {
    every(
      ({ kind }) => kind === 'cancel',
      (mail) => {
        expect(textOf(mail, 'text/calendar')).not.toContain('VALARM');
      },
    );
  });

  it('reminders are mails of their own and need no alarm', () => {
    every(
      ({ kind }) => kind === 'reminder',
      (mail) => {
        expect(shapeOf(mail.root)).toBe('alternative(plain,html)');
        expect(textOf(mail, 'text/plain')).toMatch(/2027/);
      },
    );
  });
});

describe('MIME', () => {
  it('mixed(alternative(plain, html, calendar), application/ics), or alternative(plain, html)', () => {
    every(any, ({ each, root }) => {
      expect(shapeOf(root)).toBe(
        hasCalendar(each) ? 'mixed(alternative(plain,html,calendar),ics)' : 'alternative(plain,html)',
      );
    });
  });

  it('exactly one text/calendar, whose method= equals METHOD', () => {
    every(hasCalendar, (mail) => {
      const method = METHODS[mail.each.kind] ?? '';
      expect(part(mail, 'text/calendar').parameters['method']).toBe(method);
      expect(textOf(mail, 'text/calendar')).toContain(`\r\nMETHOD:${method}\r\n`);
    });
  });

  it('charset=utf-8 on all text parts, and true', () => {
    every(any, ({ parts }) => {
      for (const { type, parameters, content } of parts.filter((each) => each.type.startsWith('text/'))) {
        expect([type, parameters['charset']]).toEqual([type, 'utf-8']);
        expect(() => new TextDecoder('utf-8', { fatal: true }).decode(content)).not.toThrow();
      }
    });
  });

  it('the inline calendar is no attachment', () => {
    every(hasCalendar, (mail) => {
      expect(valueOf(part(mail, 'text/calendar').headers, 'content-disposition')).toBeUndefined();
    });
  });

  it('the calendar is in base64', () => {
    every(hasCalendar, (mail) => {
      for (const type of ['text/calendar', 'application/ics'])
        expect(valueOf(part(mail, type).headers, 'content-transfer-encoding')).toBe('base64');
      expect(textOf(mail, 'text/calendar').endsWith('END:VCALENDAR\r\n')).toBe(true);
    });
  });

  it('one invite.ics, byte-identical to the inline part', () => {
    every(hasCalendar, (mail) => {
      const attached = part(mail, 'application/ics');
      expect(valueOf(attached.headers, 'content-disposition')).toBe('attachment; filename="invite.ics"');
      expect(attached.content.equals(part(mail, 'text/calendar').content)).toBe(true);
    });
  });

  it('the plain text stands by itself: date, zone, links', () => {
    every(ofMeeting, (mail) => {
      const text = textOf(mail, 'text/plain');
      expect(text).toContain('19:00–20:30');
      expect(text).toContain('13:00–14:30');
      expect(text).toContain('2027');
      expect(text).toContain('Porto-Novo');
      expect(text).toContain('Lima');
      if (mail.each.occasion !== 'farewell') expect(linksIn(text).length).toBeGreaterThan(1);
    });
  });

  it('without defects, every boundary closed', () => {
    every(any, ({ parts, parsed }) => {
      expect(parts.length).toBeGreaterThanOrEqual(3);
      expect(parsed.text?.length).toBeGreaterThan(100);
      expect(parsed.html).toContain('</html>');
    });
  });
});

describe('headers and transport', () => {
  it('From, To, Subject, Date, Message-ID and MIME-Version once each', () => {
    every(any, (mail) => {
      for (const name of ['from', 'to', 'subject', 'date', 'message-id', 'mime-version', 'content-type'])
        expect([name, times(mail, name)]).toEqual([name, 1]);
    });
  });

  it('From is one mailbox, always the team’s', () => {
    every(any, (mail) => {
      expect(headerOf(mail, 'from')).toBe('"Come Together" <team@come-together.example>');
    });
  });

  it('ORGANIZER is From, without SENT-BY', () => {
    every(hasCalendar, (mail) => {
      const calendar = textOf(mail, 'text/calendar').replace(/\r\n /g, '');
      expect(calendar).toMatch(/^ORGANIZER;CN="Come Together":mailto:team@come-together\.example\r$/m);
      expect(calendar).not.toContain('SENT-BY');
    });
  });

  it('one recipient, no Cc and no Bcc; the only ATTENDEE, in the same spelling', () => {
    every(any, (mail) => {
      expect(headerOf(mail, 'to')).toBe(`<${TO}>`);
      expect(times(mail, 'cc') + times(mail, 'bcc')).toBe(0);
      if (!hasCalendar(mail.each)) return;
      const calendar = textOf(mail, 'text/calendar').replace(/\r\n /g, '');
      expect(calendar.split('\r\n').filter((line) => line.startsWith('ATTENDEE'))).toHaveLength(1);
      expect(calendar).toContain(`:mailto:${TO}\r\n`);
    });
  });

  it('a Message-ID of its own on our domain; what follows answers the first', () => {
    every(any, (mail) => {
      expect(headerOf(mail, 'message-id')).toMatch(/^<[\w-]{22}@come-together\.example>$/);
      const follows = ofMeeting(mail.each) && mail.each.occasion !== 'new';
      expect(headerOf(mail, 'in-reply-to')).toBe(follows ? FIRST : '');
      expect(headerOf(mail, 'references')).toBe(follows ? FIRST : '');
    });
  });

  it('it says that it is automatic, and asks for no automatic answer', () => {
    every(any, (mail) => {
      expect(headerOf(mail, 'auto-submitted')).toBe('auto-generated');
      expect(headerOf(mail, 'x-auto-response-suppress')).toContain('OOF');
    });
  });

  it('what goes to many can be unsubscribed by one press, in unfolded headers, and nothing else can', () => {
    every(any, (mail) => {
      const bulk = isBulk({ kind: mail.each.kind, canWait: mail.each.canWait ?? false });
      const lines = mail.raw.slice(0, mail.raw.indexOf('\r\n\r\n')).split('\r\n');
      const list = lines.filter((line) => line.startsWith('List-'));
      expect(list).toHaveLength(bulk ? 2 : 0);
      if (!bulk) return;
      expect(list[0]).toMatch(/^List-Unsubscribe: <https:\/\/come-together\.example\/unsubscribe\/[\w-]{48}>$/);
      expect(list[1]).toBe('List-Unsubscribe-Post: List-Unsubscribe=One-Click');
    });
  });

  it('over http it offers no press that a mail program would not make safely', async () => {
    const each: Case = { name: 'reminder', language: 'en', kind: 'reminder' };
    const raw = await writerWith(aSubject(), 'http://localhost:3000').write(writingOf(each, aSubject()));
    expect(raw).toContain('\r\nList-Unsubscribe: <http://localhost:3000/unsubscribe/');
    expect(raw).not.toContain('List-Unsubscribe-Post');
  });

  it('titles beyond ASCII are encoded words', () => {
    every(ofMeeting, ({ raw, parsed }) => {
      expect(raw).toMatch(/\r\nSubject: =\?utf-8\?B\?/);
      expect(parsed.subject).toContain('Idées für die Zukunft');
    });
  });

  it('CRLF, at most 998 octets in a line, no NUL, all ASCII', () => {
    every(any, ({ raw }) => {
      expect(raw).toMatch(/^[\x20-\x7e\t\r\n]*$/);
      expect(raw.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
      expect(Math.max(...raw.split('\r\n').map((line) => line.length))).toBeLessThanOrEqual(998);
    });
  });

  it('signed by DKIM without l=, the kind of content and both List headers among what is signed', async () => {
    const privateKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
      type: 'pkcs8',
      format: 'pem',
    });
    const signer = new DkimSigner({ domain: 'come-together.example', selector: 'ct', privateKey });
    const mail = mails.find(({ each }) => each.kind === 'reminder');
    const signed = await read(CASES[0] as Case, await signer.sign(mail?.raw ?? '', new Date('2027-01-11T09:00:00Z')));
    const signature = headerOf(signed, 'dkim-signature').replace(/\s/g, '');
    const names = /h=([^;]+);/.exec(signature)?.[1]?.split(':') ?? [];
    expect(names).toEqual(
      expect.arrayContaining(['from', 'content-type', 'reply-to', 'references', 'list-unsubscribe']),
    );
    expect(names).toContain('list-unsubscribe-post');
    expect(signature).toContain(';d=come-together.example;');
    expect(signature).not.toContain(';l=');
    expect(signed.raw.endsWith(mail?.raw ?? 'none')).toBe(true);
  });

  it('bounces go to an address of this mail at our domain', () => {
    const token = idBytes(countedId(71)).toString('hex');
    expect(returnPath('team@come-together.example', token)).toBe(`bounce+${token}@come-together.example`);
  });
});
