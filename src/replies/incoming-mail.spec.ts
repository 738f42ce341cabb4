import { describe, expect, it } from '@jest/globals';
import { readMail } from '../../libs/mail/received-mail.js';
import { signedAsOne } from '../../test/support/signed-mail.js';
import { PACKED_UID, winmail } from '../../test/support/winmail.js';
import { identityOf, whatCame } from './incoming-mail.js';

const calendar = [
  'BEGIN:VCALENDAR',
  'METHOD:REPLY',
  'BEGIN:VEVENT',
  'UID:x',
  'ATTENDEE;PARTSTAT=DECLINED:mailto:afi@example.org',
  'COMMENT:Désolé',
  'END:VEVENT',
  'END:VCALENDAR',
  '',
].join('\r\n');
const declined = { kind: 'calendar', replies: [{ partstat: 'DECLINED', comment: 'Désolé' }] };
const base64 = Buffer.from(calendar).toString('base64');

const mail = (...lines: readonly string[]) => readMail(Buffer.from(['From: afi@example.org', ...lines].join('\r\n')));
const cameAs = (...lines: readonly string[]) => whatCame(mail(...lines), 'afi@example.org');

/** The parts of a multipart, each as it stands between its boundaries. */
const parts = (type: string, ...each: readonly string[]): string =>
  [`Content-Type: multipart/${type}; boundary="=_${type.slice(0, 3)}"`, '']
    .concat(
      each.flatMap((part) => [`--=_${type.slice(0, 3)}`, part]),
      `--=_${type.slice(0, 3)}--`,
      '',
    )
    .join('\r\n');
const text = 'Content-Type: text/plain\r\n\r\nSomeone has declined.';
const inline = `Content-Type: text/calendar; method=REPLY\r\nContent-Transfer-Encoding: base64\r\n\r\n${base64}`;

describe('a calendar’s answer is found', () => {
  it.each<[string, string]>([
    ['alone', inline],
    [
      'signed (S/MIME)',
      parts('signed', parts('alternative', text, inline), 'Content-Type: application/pkcs7-signature\r\n\r\nMIIB'),
    ],
    ['below four multiparts', parts('mixed', parts('related', parts('signed', parts('alternative', text, inline))))],
    [
      'beside what Outlook packs for itself',
      parts('mixed', text, 'Content-Type: application/ms-tnef\r\n\r\nx', inline),
    ],
    [
      'as a file with a name that is not ASCII',
      parts(
        'mixed',
        text,
        `Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename*=utf-8''r%C3%A9ponse.ics\r\nContent-Transfer-Encoding: base64\r\n\r\n${base64}`,
      ),
    ],
    [
      'after a calendar that says nothing',
      parts('mixed', 'Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\nEND:VCALENDAR', inline),
    ],
  ])('%s', (_, body) => {
    expect(cameAs(body)).toMatchObject(declined);
  });

  it('whatever its line ends and encoding', () => {
    for (const lineEnd of ['\n', '\r', '\r\r\n']) {
      const bytes = Buffer.from(calendar.replaceAll('\r\n', lineEnd), 'latin1').toString('base64');
      const type = 'Content-Type: text/calendar; charset=iso-8859-1';
      expect(cameAs(type, 'Content-Transfer-Encoding: base64', '', bytes)).toMatchObject(declined);
    }
  });

  it('in what Outlook packs for itself, where that is all there is', () => {
    const file = [
      'Content-Type: application/ms-tnef; name="winmail.dat"',
      'Content-Transfer-Encoding: base64',
      '',
      winmail('IPM.Microsoft Schedule.MtgRespN').toString('base64'),
    ].join('\r\n');
    expect(cameAs(parts('mixed', 'Content-Type: text/plain\r\n\r\n', file))).toMatchObject({
      kind: 'calendar',
      replies: [{ partstat: 'DECLINED', uid: PACKED_UID, attendee: 'afi@example.org' }],
    });
  });

  it('in a mail that is signed as a whole, as what a person writes is', () => {
    const signed = (content: string): readonly string[] => [
      'Content-Type: application/pkcs7-mime; smime-type=signed-data; name="smime.p7m"',
      'Content-Transfer-Encoding: base64',
      '',
      signedAsOne(Buffer.from(content)).toString('base64'),
    ];
    expect(cameAs(...signed(parts('alternative', text, inline)))).toMatchObject(declined);
    const own = 'Content-Type: text/plain; charset=utf-8\r\n\r\nBis Dienstag.';
    expect(cameAs(...signed(own))).toEqual({ kind: 'written', text: 'Bis Dienstag.' });
    const twice = signed(signed(own).join('\r\n'));
    expect(cameAs(...twice)).toEqual({ kind: 'written', text: 'Bis Dienstag.' });
    expect(cameAs(...signed(signed(twice.join('\r\n')).join('\r\n')))).toEqual({ kind: 'nothing' });
  });

  it('though a program says to have sent it, as Google, Nextcloud and rooms do; not in a reflex', () => {
    expect(cameAs('Auto-Submitted: auto-generated', inline)).toMatchObject(declined);
    expect(cameAs('Auto-Submitted: auto-replied', inline)).toEqual({ kind: 'nothing' });
    expect(whatCame(mail(inline), '')).toEqual({ kind: 'nothing' });
  });

  it('not in a mail that is attached to another', () => {
    const forwarded = parts('mixed', text, `Content-Type: message/rfc822\r\n\r\n${inline}`);
    expect(cameAs(forwarded)).toEqual({ kind: 'written', text: 'Someone has declined.' });
  });
});

describe('a mail is known again', () => {
  it('by its Message-ID and sender, else by all it says', () => {
    expect(identityOf(mail('Message-ID: <a@b>', '', 'x'))).toBe(identityOf(mail('Message-ID: <a@b>', '', 'y')));
    expect(identityOf(mail('', 'x'))).not.toBe(identityOf(mail('', 'y')));
  });
});
