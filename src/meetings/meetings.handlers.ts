import { Injectable } from '@nestjs/common';
import type { Entry } from '../../libs/outbox/entry.js';
import { Handles, type NextPage } from '../../libs/outbox/handlers.js';
import type { Id } from '../../libs/privacy/ids.js';
import { MeetingsService } from './meetings.service.js';

/** What a meeting's own events cause in the meeting itself. */
@Injectable()
export class MeetingsHandlers {
  constructor(private readonly meetings: MeetingsService) {}

  /** Retention: a month after its end nobody needs the room, the number to call or the secret any more. */
  @Handles('meetings.forget', 'meeting.forgotten')
  async forget(meeting: Id, entry: Entry): Promise<NextPage> {
    await this.meetings.forget(meeting, Number(entry.data['moves']));
    return undefined;
  }

  @Handles('meetings.wind-on', 'meeting.ended')
  async windOn(meeting: Id): Promise<NextPage> {
    await this.meetings.windOn(meeting);
    return undefined;
  }

  @Handles('meetings.go-on', 'meeting.split')
  async goOn(meeting: Id, { data }: Entry): Promise<NextPage> {
    const { into, from, start, count } = data;
    if (typeof into !== 'string' || !(from instanceof Date) || !(start instanceof Date)) return undefined;
    await this.meetings.goOn(meeting, into, { from, start, count: Number(count) });
    return undefined;
  }
}
