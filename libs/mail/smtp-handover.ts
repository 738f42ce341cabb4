import { Readable } from 'node:stream';

/**
 * A mail on its way into a conversation. A stream rather than bytes, because nodemailer reports a connection that broke
 * before DATA and one that broke after it as the same error: whoever waits can see here how far the mail had come.
 */
export class Handover extends Readable {
  /** True from when the server asked for the mail: from then on it may have it whole. */
  begun = false;

  /** @param mayBegin asked once, when the server is ready; false breaks the conversation off */
  constructor(
    private readonly mail: Buffer,
    private readonly mayBegin: () => boolean,
  ) {
    super();
  }

  override _read(): void {
    if (this.begun) return;
    if (!this.mayBegin()) {
      this.destroy(new Error('too late'));
      return;
    }
    this.begun = true;
    this.push(this.mail);
    this.push(null);
  }
}
