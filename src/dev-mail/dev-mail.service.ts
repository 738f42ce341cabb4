import { Inject, Injectable } from '@nestjs/common';
import { simpleParser } from 'mailparser';
import { SETTINGS, type Settings } from '../config.js';
import { subjectIn } from './mail-head.js';

export interface MailLine {
  readonly id: number;
  readonly receivedAt: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
}

export interface WholeMail extends MailLine {
  readonly text: string;
  readonly html: string;
  readonly calendar: string | undefined;
}

type Kept = Omit<MailLine, 'subject'> & { readonly head: string };

/** Reads the local mailbox, which lives in the process that started this one (DEV_MAIL_URL). */
@Injectable()
export class DevMailService {
  constructor(@Inject(SETTINGS) private readonly settings: Settings) {}

  get isThere(): boolean {
    return this.settings.DEV_MAIL_URL !== undefined;
  }

  /** All kept mails, newest first. */
  async list(): Promise<readonly MailLine[]> {
    const answer = await this.ask('/mails');
    const kept = answer ? (JSON.parse(answer.toString('utf8')) as readonly Kept[]) : [];
    return kept.map(({ head, ...mail }) => ({ ...mail, subject: subjectIn(head) })).reverse();
  }

  async raw(id: number): Promise<Buffer | undefined> {
    return this.ask(`/mails/${String(id)}`);
  }

  async find(id: number): Promise<WholeMail | undefined> {
    const [raw, lines] = await Promise.all([this.raw(id), this.list()]);
    const line = lines.find((each) => each.id === id);
    if (!raw || !line) return undefined;
    const parsed = await simpleParser(raw, { skipHtmlToText: true, skipImageLinks: true });
    const calendar = parsed.attachments.find(({ contentType }) => contentType === 'text/calendar');
    return {
      ...line,
      text: parsed.text ?? '',
      html: parsed.html || '',
      calendar: calendar?.content.toString('utf8'),
    };
  }

  private async ask(path: string): Promise<Buffer | undefined> {
    const answer = await fetch(new URL(path, this.settings.DEV_MAIL_URL), { signal: AbortSignal.timeout(5_000) });
    return answer.ok ? Buffer.from(await answer.arrayBuffer()) : undefined;
  }
}
