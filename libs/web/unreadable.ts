import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';

/** Of what Node's HTTP server gives up on (its `clientError`); everything else is a request that is no HTTP. */
const STATUS_OF: Readonly<Record<string, number>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_HEADER_OVERFLOW: 431,
};

/**
 * Answers what the HTTP parser could not read, and hangs up. There is no request and no reply yet, so the answer is written
 * to the connection as it is (RFC 9112 9.6: what is read no further is closed).
 */
export function answerUnreadable(
  error: { readonly code?: string },
  socket: Socket,
  headers: Readonly<Record<string, string>>,
  pageOf: (status: number) => string,
): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const status = STATUS_OF[error.code ?? ''] ?? 400;
  const page = pageOf(status);
  const head = Object.entries({
    ...headers,
    'cache-control': 'no-store',
    'content-type': 'text/html; charset=utf-8',
    'content-length': String(Buffer.byteLength(page)),
    connection: 'close',
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${String(status)} ${STATUS_CODES[status] ?? ''}\r\n${head.join('')}\r\n${page}`, () => {
    socket.destroy();
  });
}
