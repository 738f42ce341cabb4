import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { Ids } from '../../libs/privacy/ids.js';
import { InboundSources } from './inbound-sources.service.js';

it('says once that another worker of this machine has the port, however often it is tried again', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask', 'performance', 'Date'] });
  const settings = { HOST: '127.0.0.1', INBOUND_SMTP_PORT: (other.address() as AddressInfo).port, RATE_LIMITS: true };
  const sources = new InboundSources({} as never, {} as never, {} as never, new Ids(), settings as never);
  await sources.onApplicationBootstrap();
  for (let time = 0; time < 3; time += 1) {
    expect(jest.getTimerCount()).toBe(1);
    jest.runOnlyPendingTimers();
    while (jest.getTimerCount() === 0) await turn();
  }
  await sources.beforeApplicationShutdown();
  jest.useRealTimers();
  other.close();
  expect(warn).toHaveBeenCalledTimes(1);
});
