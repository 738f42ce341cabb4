import type { parseConnectionUrl } from 'nodemailer/lib/shared';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { SmtpConversation, type OutgoingMail } from './smtp-conversation.js';
import { readExtensions, type SmtpExtensions } from './smtp-extensions.js';
import { refusedBy, type SendOutcome } from './smtp-outcome.js';

/** A server's address, and nodemailer's options, as a URL names them. */
export type SmtpSettings = ReturnType<typeof parseConnectionUrl>;

/** Milliseconds. */
export interface SessionTimeouts {
  /** For connecting, greeting and finding the address, each. */
  readonly connect: number;
  /** Of silence in a conversation. */
  readonly silence: number;
}

export interface SessionActs {
  /** Open, and with nothing to do. */
  readonly free: (session: SmtpSession) => void;
  readonly next: (session: SmtpSession) => OutgoingMail | undefined;
  /** Told once: the connection is gone. `outcome` is what that makes of a mail for which it was to be opened. */
  readonly ended: (session: SmtpSession, outcome: SendOutcome) => void;
}

type Failure = Pick<SMTPConnection.SMTPError, 'responseCode' | 'response'>;

/** How long a server that was told goodbye may take to close. */
const LEAVE = 2_000;

/**
 * One connection to a server. Nodemailer finds, encrypts and logs in, with all that a URL can ask of it; once the session is
 * open its mails are handed over by our own rules, on the same socket.
 */
export class SmtpSession {
  /** Mails that were handed in here, the present ones included. */
  mails = 0;
  private readonly connection: SMTPConnection;
  private conversation: SmtpConversation | undefined;
  private ended = false;

  constructor(
    private readonly settings: SmtpSettings,
    timeouts: SessionTimeouts,
    private readonly acts: SessionActs,
  ) {
    this.connection = new SMTPConnection({
      ...settings,
      connectionTimeout: timeouts.connect,
      greetingTimeout: timeouts.connect,
      dnsTimeout: timeouts.connect,
      socketTimeout: timeouts.silence,
      socketCloseTimeout: 0,
    });
  }

  open(): void {
    const { connection } = this;
    const failed = (error?: Failure): void => {
      this.end(putOff(error));
    };
    // Both stay for the connection's whole life.
    connection.on('error', failed);
    connection.on('end', () => {
      failed();
    });
    connection.connect((error) => {
      const { auth, authMethod } = this.settings;
      const extensions = readExtensions(connection.lastServerResponse || '');
      if (error) failed(error);
      else if (auth && connection.allowsAuth) {
        connection.login(
          { credentials: auth, ...(typeof authMethod === 'string' && { method: authMethod }) },
          (refused) => {
            if (refused) failed(refused);
            else this.begin(extensions);
          },
        );
      } else this.begin(extensions);
    });
  }

  /** Only while it is free. */
  hand(mail: OutgoingMail): void {
    this.mails += 1;
    this.conversation?.hand(mail);
  }

  /** Gives up mails that were not handed over yet; what is still being opened is closed. */
  cancel(outcome: SendOutcome, which: (mail: OutgoingMail) => boolean = () => true): void {
    if (this.conversation) this.conversation.cancel(outcome, which);
    else this.end(outcome);
  }

  /** Says goodbye; only while it is free. */
  leave(): void {
    const { _socket: socket } = this.connection;
    if (!socket) return;
    socket.setTimeout(LEAVE);
    socket.end('QUIT\r\n');
  }

  close(): void {
    this.end({ kind: 'put-off' });
  }

  /** From here on nodemailer minds the connection, and what the server writes is no longer for it. */
  private begin(extensions: SmtpExtensions): void {
    const { _socket: socket } = this.connection;
    if (this.ended || !socket) return;
    const conversation = new SmtpConversation(extensions, {
      write: (commands, mail) => {
        socket.write(mail ? Buffer.concat([mail, Buffer.from(commands)]) : commands);
      },
      next: () => {
        const mail = this.acts.next(this);
        if (mail) this.mails += 1;
        return mail;
      },
      broken: () => {
        this.close();
      },
      free: () => {
        this.acts.free(this);
      },
    });
    this.conversation = conversation;
    socket.removeAllListeners('data');
    socket.on('data', (chunk: Buffer) => {
      conversation.receive(chunk.toString('latin1'));
    });
    this.acts.free(this);
  }

  private end(outcome: SendOutcome): void {
    if (this.ended) return;
    this.ended = true;
    this.conversation?.lost();
    this.connection.close();
    this.acts.ended(this, outcome);
  }
}

function putOff(error: Failure | undefined): SendOutcome {
  if (!error?.responseCode) return { kind: 'put-off' };
  return refusedBy(error.responseCode, error.response ?? '', 'session');
}
