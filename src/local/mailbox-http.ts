import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Mailbox } from './mailbox.js';

export interface MailboxWindow {
  /** Where the web process reads the mailbox (DEV_MAIL_URL). */
  readonly url: string;
  close(): void;
}

/**
 * Lets the web process look into the mailbox, which lives in another process: `/mails` lists them with their
 * headers, `/mails/<id>` gives the bytes of one. Answers only to its own name, so that a page of another site cannot read it through a rebound address.
 */
export async function openMailboxWindow(mailbox: Mailbox): Promise<MailboxWindow> {
  const server = createServer((request, response) => {
    answer(mailbox, request, response);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${String(port)}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function answer(mailbox: Mailbox, request: IncomingMessage, response: ServerResponse): void {
  const host = request.headers.host?.split(':')[0];
  const id = /^\/mails\/(\d+)$/.exec(request.url ?? '')?.[1];
  const mail = id === undefined ? undefined : mailbox.find(Number(id));
  if (request.method !== 'GET' || host !== '127.0.0.1') response.writeHead(403).end();
  else if (request.url === '/mails')
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify(mailbox.mails.map(({ raw, ...mail }) => ({ ...mail, head: headOf(raw) }))));
  else if (mail) response.writeHead(200, { 'content-type': 'message/rfc822' }).end(mail.raw);
  else response.writeHead(404).end();
}

function headOf(raw: Buffer): string {
  const end = raw.indexOf('\r\n\r\n');
  return raw.subarray(0, end === -1 ? undefined : end).toString('utf8');
}
