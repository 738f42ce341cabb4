import { lookAgain, offerNow, pressFor, takePlace } from '../support/queue.js';
import type { Visitor } from '../support/visitor.js';
import { product, story } from './stage.js';
import { check, same } from './story.js';

/** An open door: whoever comes waits in a queue, without an address, and is called. */

const ROOM = 'https://meet.example/open-door';

export async function openDoor(host: Visitor): Promise<void> {
  const page = await openNow(host);
  const [nadia, neighbour] = await dropIn(page);
  await call(host, page, nadia, neighbour);
  await goOn(host, page, nadia, neighbour);
}

async function openNow(host: Visitor): Promise<string> {
  let page = '';
  await story.step('The coordination opens the door: office hours that are going on now', async () => {
    page = await offerNow(host, { title: 'Open door', bufferMinutes: '0', room: ROOM });
    const shown = await product.visitor('en').open(`${page}/queue`);
    check(shown.text.includes('hardly any'), 'the page of the queue does not say how long it may take');
    return undefined;
  });
  return page;
}

async function dropIn(page: string): Promise<readonly [Visitor, Visitor]> {
  const [nadia, neighbour] = [product.visitor('en'), product.visitor('en')];
  await story.step('Nadia and then a neighbour drop in: no address, a place and a likely wait', async () => {
    await takePlace(nadia, page, { region: 'Copargo', topic: 'pilots' });
    await takePlace(neighbour, page);
    same(nadia.page.heading, 'You are next', 'what Nadia reads');
    same(neighbour.page.heading, 'Your place in the queue: 2', 'what the neighbour reads');
    check(!nadia.hasCookies && !neighbour.hasCookies, 'a place in the queue left a cookie');
    return neighbour.page.heading;
  });
  return [nadia, neighbour];
}

async function call(host: Visitor, page: string, nadia: Visitor, neighbour: Visitor): Promise<void> {
  await story.step(
    'The host presses “call next”: Nadia says that she is there, and the room opens for her',
    async () => {
      await host.open(`/console${page}/day`);
      await pressFor(host, 'call');
      check(
        host.page.text.includes('Someone from Copargo · French · Pilots'),
        'the host does not see what it is about',
      );
      same((await lookAgain(nadia)).heading, 'It is your turn', 'what Nadia reads');
      check(!nadia.page.body.includes(ROOM), 'the room is shown before she said that she is there');
      await pressFor(nadia, 'join');
      check(
        nadia.page.links.some(({ href }) => href === ROOM),
        'no link to the room',
      );
      same((await lookAgain(neighbour)).heading, 'You are next', 'what the neighbour reads');
      check(!neighbour.page.body.includes(ROOM), 'the room is shown to someone who waits');
      return nadia.page.heading;
    },
  );
}

async function goOn(host: Visitor, page: string, nadia: Visitor, neighbour: Visitor): Promise<void> {
  await story.step('The talk ends, and the next is called', async () => {
    await host.open(`/console${page}/day`);
    await pressFor(host, 'end');
    await pressFor(host, 'call');
    same((await lookAgain(nadia)).heading, 'Thank you for the talk', 'what Nadia reads');
    same((await lookAgain(neighbour)).heading, 'It is your turn', 'what the neighbour reads');
    await pressFor(neighbour, 'leave');
    return undefined;
  });
}
