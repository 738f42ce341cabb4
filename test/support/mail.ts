import { type AddressObject, type ParsedMail, simpleParser } from 'mailparser';
import { Mailbox, type ReceivedMail } from '../../src/local/mailbox.js';
import { eventually } from './waiting.js';

/** A mail as a person's program would show it. */
export interface ReadMail {
  readonly id: number;
  readonly to: readonly string[];
  readonly from: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** The calendar part, unfolded by nobody; undefined where there is none. */
  readonly calendar: string | undefined;
  /** The METHOD parameter of the calendar part's content type. */
  readonly method: string | undefined;
  readonly header: (name: string) => string | undefined;
  readonly raw: Buffer;
  /** The links in the text, in their order. */
  readonly links: readonly string[];
}

/** A real SMTP listener whose mails a test can wait for and whose faults it can choose (`box.fail`, `box.recover`). */
export class TestMailbox {
  private constructor(readonly box: Mailbox) {}

  static async start(port = 0): Promise<TestMailbox> {
    return new TestMailbox(await Mailbox.open(port));
  }

  get url(): string {
    return this.box.url;
  }

  close(): Promise<void> {
    return this.box.close();
  }

  async read(): Promise<readonly ReadMail[]> {
    return Promise.all(this.box.mails.map(readMail));
  }

  mailsTo(address: string): Promise<readonly ReadMail[]> {
    return Promise.all(this.box.mails.filter(({ to }) => to.includes(address)).map(readMail));
  }

  /** The first mail that fits, which may have come already. */
  waitForMail(fits: (mail: ReadMail) => boolean, patience = 30_000): Promise<ReadMail> {
    const known = new Map<number, ReadMail>();
    return eventually(
      'a mail',
      async () => {
        for (const received of this.box.mails) {
          const mail = known.get(received.id) ?? (await readMail(received));
          known.set(received.id, mail);
          if (fits(mail)) return mail;
        }
        return undefined;
      },
      patience,
    );
  }

  /** The first mail to this address that fits. */
  waitForMailTo(address: string, fits: (mail: ReadMail) => boolean = () => true, patience?: number): Promise<ReadMail> {
    return this.waitForMail((mail) => mail.to.includes(address) && fits(mail), patience);
  }

  /** Until `count` mails have come in all. */
  async waitForCount(count: number, patience = 30_000): Promise<void> {
    await eventually(`${String(count)} mails`, () => this.box.mails.length >= count, patience);
  }
}

export const startMailbox = (): Promise<TestMailbox> => TestMailbox.start();

export async function readMail(received: ReceivedMail): Promise<ReadMail> {
  const parsed = await simpleParser(received.raw, { skipHtmlToText: true, skipImageLinks: true });
  const calendar = parsed.attachments.find(({ contentType }) => contentType === 'text/calendar');
  const text = parsed.text ?? '';
  const head = received.raw.toString('latin1');
  return {
    id: received.id,
    to: received.to,
    from: addressIn(parsed.from),
    subject: parsed.subject ?? '',
    text,
    html: parsed.html || '',
    calendar: calendar?.content.toString('utf8'),
    method: /^content-type:\s*text\/calendar[^\r\n]*(?:\r\n\s[^\r\n]*)*?method="?(\w+)/im.exec(head)?.[1],
    header: (name) => headerOf(parsed, name),
    raw: received.raw,
    links: [...text.matchAll(/https?:\/\/[^\s<>"]+/g)].map(([link]) => link.replace(/[.,)]+$/, '')),
  };
}

const addressIn = (from: AddressObject | undefined): string => from?.value[0]?.address ?? '';

/** A header as it stands in the mail, unfolded. */
function headerOf(parsed: ParsedMail, name: string): string | undefined {
  const line = parsed.headerLines.find(({ key }) => key === name.toLowerCase())?.line;
  return line?.replace(/^[^:]+:\s*/, '').replace(/\r?\n(?=\s)/g, '');
}
