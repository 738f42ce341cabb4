import { Inject, Injectable } from '@nestjs/common';
import { Ids } from '../../libs/privacy/ids.js';
import { Clock } from '../../libs/time/clock.js';
import { SETTINGS, type Settings } from '../config.js';
import { clientAnswer, type ClientAct } from './client-answer.js';
import { subjectIn } from './mail-head.js';

export interface MailLine {
  readonly id: number;
  readonly receivedAt: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
}

export interface WholeMail extends MailLine {
  /** Who it says it is from; `from` is where its bounces go. */
  readonly sender: string;
  readonly text: string;
  readonly html: string;
  readonly calendar: string | undefined;
}

type Kept = Omit<MailLine, 'subject'> & { readonly head: string };

/** Milliseconds until an answer must have begun to arrive. */
const PATIENCE = 10_000;

/** Reads the local mailbox, which lives in the process that started this one (DEV_MAIL_URL). */
@Injectable()
export class DevMailService {
  constructor(
    private readonly clock: Clock,
    private readonly ids: Ids,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  get isThere(): boolean {
    return this.settings.DEV_MAIL_URL !== undefined;
  }

  /** Answers reach us: by mail, like anyone's. */
  get canAnswer(): boolean {
    return (this.settings.INBOUND_SMTP_PORT ?? 0) > 0;
  }

  /** Answers a mail as its recipient's calendar or server would. @returns false where that cannot be done */
  async answer(mail: WholeMail, act: ClientAct): Promise<boolean> {
    const answer = clientAnswer(mail, act, this.clock.now(), this.ids.next());
    if (!answer || !this.canAnswer) return false;
    const { SmtpSender } = await import('../../libs/mail/smtp-sender.js');
    const sender = new SmtpSender(`smtp://127.0.0.1:${String(this.settings.INBOUND_SMTP_PORT)}?ignoreTLS=true`);
    const outcome = await sender.send({ from: answer.from, to: answer.to }, Buffer.from(answer.raw), PATIENCE);
    await sender.close(0);
    return outcome.kind === 'accepted';
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
    // Loaded when it is needed: a process that sends no mail starts without what reads it.
    const { simpleParser } = await import('mailparser');
    const parsed = await simpleParser(raw, { skipHtmlToText: true, skipImageLinks: true });
    const calendar = parsed.attachments.find(({ contentType }) => contentType === 'text/calendar');
    return {
      ...line,
      sender: parsed.from?.text ?? line.from,
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
