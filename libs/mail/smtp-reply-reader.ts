/** One reply of a server, which may have come in several lines and in any number of pieces. */
export interface SmtpReply {
  readonly code: number;
  /** Its first line, code included. */
  readonly text: string;
}

const LINE = /^([2-5]\d\d)(?:([ -]).*)?$/s;
/** Characters of one reply; more is no reply. */
const MOST = 64 * 1024;

/** Puts a server's replies together (RFC 5321 4.2.1). */
export class ReplyReader {
  private rest = '';
  /** Of a reply of which more lines are to come: its first line, and the length of all so far. */
  private first: string | undefined;
  private length = 0;

  /** @returns the replies that are now whole, in their order; undefined stands for what is no reply, and ends it */
  read(chunk: string): readonly (SmtpReply | undefined)[] {
    const lines = (this.rest + chunk).split('\n');
    this.rest = lines.pop() ?? '';
    const replies: (SmtpReply | undefined)[] = [];
    for (const ended of lines) {
      const line = ended.endsWith('\r') ? ended.slice(0, -1) : ended;
      // An empty line between two replies is no harm.
      if (line === '' && this.first === undefined) continue;
      const [, code, mark] = LINE.exec(line) ?? [];
      this.length += line.length;
      if (code === undefined || this.length > MOST) return [...replies, undefined];
      this.first ??= line;
      if (mark === '-') continue;
      replies.push({ code: Number(code), text: this.first });
      this.first = undefined;
      this.length = 0;
    }
    return this.length + this.rest.length > MOST ? [...replies, undefined] : replies;
  }
}
