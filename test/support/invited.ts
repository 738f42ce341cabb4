import { afterAll, beforeAll } from '@jest/globals';
import { HOUR, MINUTE, plus } from '../../libs/time/clock.js';
import { answerMail, handOver, type Answering, type Client } from './calendar-client.js';
import { entryIn, type CalendarEntry } from './invitations.js';
import { announcedMeeting, enrol, linkIn, wallClock } from './journeys.js';
import type { ReadMail } from './mail.js';
import { freePort } from './product.js';
import { TimedProduct } from './timed-product.js';
import type { Visitor } from './visitor.js';

export const START = new Date('2027-02-20T17:00:00Z');
export const TEAM = 'team@come-together.example';

export let product: TimedProduct;
export let port: number;

/** Starts a product that reads mail at `port`, for all tests of a file. */
export function withInbound(): void {
  beforeAll(async () => {
    port = await freePort();
    product = await TimedProduct.start({ INBOUND_SMTP_PORT: String(port) });
  });
  afterAll(() => product.stop());
}

export let people = 0;
let strangers = 0;
export const someoneElse = (): string => `stranger${String((strangers += 1))}@elsewhere.example`;
export const someone = (): string => `guest${String((people += 1))}@donga.example`;

/** A meeting, whoever leads it, and someone invited to it with their calendar's entry. */
export class Invited {
  private constructor(
    readonly email: string,
    readonly coordinator: Visitor,
    readonly meeting: string,
    readonly mail: ReadMail,
  ) {}

  static async start(fields: Record<string, string> = {}): Promise<Invited> {
    const email = someone();
    await enrol(product, { email, language: 'fr' });
    const { coordinator, meeting } = await announcedMeeting(product, {
      ...wallClock(START, 'Europe/Berlin'),
      ...fields,
    });
    await product.settle();
    product.clock.advance(HOUR);
    const { pathname } = new URL(meeting, product.address);
    const mail = await product.mailbox.waitForMailTo(
      email,
      (each) => each.calendar?.includes('METHOD:REQUEST') === true,
    );
    return new Invited(email, coordinator, pathname, mail);
  }

  get entry(): CalendarEntry {
    return entryIn(this.mail);
  }

  /** Answers as a program would, some minutes after the invitation. */
  async answer(client: Client, more: Partial<Answering> & { readonly after?: number } = {}): Promise<void> {
    const { after = 1, ...others } = more;
    const dtstamp = plus(this.entry.dtstamp, after * MINUTE);
    const mail = answerMail(client, { entry: this.entry, attendee: this.email, to: TEAM, dtstamp, ...others });
    await handOver(port, more.from ?? more.attendee ?? this.email, TEAM, mail);
    await product.settle();
  }

  /** What the guest's own page says now. */
  async said(): Promise<string> {
    const page = await product
      .visitor('en')
      .open(linkIn(this.mail, 'invitations').replace('/invitations', '/en/invitations'));
    return /Your reply: (\w+)/.exec(page.text)?.[1] ?? 'nothing';
  }

  async mails(): Promise<readonly ReadMail[]> {
    return product.mailbox.mailsTo(this.email);
  }

  async page(): Promise<string> {
    return (await this.coordinator.open(this.meeting)).text;
  }
}
