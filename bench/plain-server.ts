/**
 * A web process as bare as can be, to compare ours with: node:http, a form checked as a compiled JSON schema would, one
 * insert into the same database where one is asked for, and the same page put together by hand.
 * Environment: MONGODB_URI; its argument is a file with the page. Says its port on standard output.
 */
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import mongoose from 'mongoose';

const pieces = readFileSync(process.argv[2] ?? '', 'utf8').split(/(?<=>)/);
const connection = await mongoose.createConnection(process.env['MONGODB_URI'] ?? '').asPromise();
const kept = connection.collection('bench_plain');

const LIMITS: Readonly<Record<string, number>> = {
  howToStart: 4000,
  entryPoint: 4000,
  questions: 4000,
  suggestions: 4000,
  targetGroup: 200,
  region: 100,
  country: 2,
  language: 2,
  timeZone: 60,
  email: 254,
  wants: 20,
  website: 80,
};

/** As ajv compiles `{type: object, properties: {…: {type: string, maxLength}}, additionalProperties: false}`. */
function isValid(fields: Readonly<Record<string, unknown>>): boolean {
  for (const name in fields) {
    const [limit, value] = [LIMITS[name], fields[name]];
    if (limit === undefined || typeof value !== 'string' || value.length > limit) return false;
  }
  return true;
}

function page(): string {
  let html = '';
  for (const piece of pieces) html += piece;
  return html;
}

async function take(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
  const fields = Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString()));
  if (!isValid(fields)) {
    response.writeHead(422).end();
    return;
  }
  if (incoming.url === '/keep') await kept.insertOne(fields);
  response.writeHead(303, { location: '/thanks' }).end();
}

const answer = (response: ServerResponse): void => {
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page());
};

const server = createServer((incoming, response) => {
  if (incoming.method === 'POST') void take(incoming, response);
  else answer(response);
});
server.listen(0, '127.0.0.1', () => {
  console.log(String((server.address() as AddressInfo).port));
});
