import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { globalObjectId, PACKED_UID, winmail } from '../../test/support/winmail.js';
import { readTnefReply } from './tnef-reply.js';

describe('an answer that Outlook packs for itself', () => {
  it.each([
    ['IPM.Microsoft Schedule.MtgRespP', 'ACCEPTED'],
    ['IPM.Microsoft Schedule.MtgRespN', 'DECLINED'],
    ['IPM.Schedule.Meeting.Resp.Tent', 'TENTATIVE'],
  ])('%s', (name, partstat) => {
    expect(readTnefReply(winmail(name), 'afi@example.org')).toEqual({
      ...{ method: 'REPLY', partstat, uid: PACKED_UID, attendee: 'afi@example.org', sequence: 2 },
      dtstamp: new Date('2027-01-06T10:15:00Z'),
    });
  });

  it('may have its class among its properties alone, and anything behind its end', () => {
    const packed = winmail('IPM.Schedule.Meeting.Resp.Pos', globalObjectId(PACKED_UID), 'property');
    for (const bytes of [packed, Buffer.concat([packed, Buffer.from('\r\n-- \r\nScanned by a list server')])])
      expect(readTnefReply(bytes, 'afi@example.org')).toMatchObject({ partstat: 'ACCEPTED', uid: PACKED_UID });
  });

  it('may ask for another time, which is no answer', () => {
    const packed = winmail('IPM.Schedule.Meeting.Resp.Tent', globalObjectId(PACKED_UID), 'property', true);
    expect(readTnefReply(packed, 'afi@example.org')).toMatchObject({ method: 'COUNTER', uid: PACKED_UID });
  });

  it('names the date of a series that it is about', () => {
    const third = globalObjectId(PACKED_UID, Buffer.of(0x07, 0xeb, 3, 30));
    const read = readTnefReply(winmail('IPM.Schedule.Meeting.Resp.Neg', third), 'afi@example.org');
    expect(read?.recurrenceId).toEqual({ kind: 'local', local: Date.parse('2027-03-30') });
  });

  it.each<[string, Buffer]>([
    ['a note', winmail('IPM.Microsoft Mail.Note')],
    ['a request', winmail('IPM.Microsoft Schedule.MtgReq')],
    ['a class from a prototype', winmail('constructor')],
    ['an answer to a meeting of its own', winmail('IPM.Schedule.Meeting.Resp.Pos', Buffer.alloc(60))],
    ['nothing', Buffer.alloc(0)],
    ['something else', Buffer.from('BEGIN:VCALENDAR')],
  ])('is not %s', (_, bytes) => {
    expect(readTnefReply(bytes, 'afi@example.org')).toBeUndefined();
  });

  it('is read without throwing, wherever it is cut off or changed', () => {
    const whole = winmail('IPM.Schedule.Meeting.Resp.Pos');
    fc.assert(
      fc.property(fc.nat(whole.length), fc.nat(whole.length - 1), fc.nat(255), (end, at, byte) => {
        const bytes = Buffer.from(whole);
        bytes[at] = byte;
        const read = readTnefReply(bytes.subarray(0, end), 'afi@example.org');
        expect(read === undefined || read.attendee === 'afi@example.org').toBe(true);
      }),
    );
  });
});
