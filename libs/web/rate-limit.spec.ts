import { describe, expect, it } from '@jest/globals';
import { Clock, MINUTE, plus } from '../time/clock.js';
import { LIMITS, RateLimiter } from './rate-limit.js';

class MovedClock extends Clock {
  constructor(private time = new Date('2027-01-12T18:00:00Z')) {
    super();
  }
  override now(): Date {
    return this.time;
  }
  forward(minutes: number): void {
    this.time = plus(this.time, minutes * MINUTE);
  }
}

type Redis = ConstructorParameters<typeof RateLimiter>[0];

/** As much of Redis as the limiter asks for. */
function redisWith(clock: Clock, counts = new Map<string, { count: number; endsAt: number }>()): Redis {
  const multi = (): unknown => {
    const answers: [null, unknown][] = [];
    const now = clock.now().getTime();
    const steps = {
      set(key: string, _: number, __: string, length: number) {
        if ((counts.get(key)?.endsAt ?? 0) <= now) counts.set(key, { count: 0, endsAt: now + length });
        answers.push([null, 'OK']);
        return steps;
      },
      incr(key: string) {
        const window = counts.get(key);
        if (window) window.count += 1;
        answers.push([null, window?.count]);
        return steps;
      },
      pttl(key: string) {
        answers.push([null, (counts.get(key)?.endsAt ?? now) - now]);
        return steps;
      },
      exec: () => Promise.resolve(answers),
    };
    return steps;
  };
  return { status: 'ready', multi } as Redis;
}

const failing = (status: string, exec: () => Promise<unknown>): Redis => {
  const steps = { set: () => steps, incr: () => steps, pttl: () => steps, exec };
  return { status, multi: () => steps } as unknown as Redis;
};

const clock = () => new MovedClock();
const limiter = (redis: Redis, time: Clock, on = true) =>
  new RateLimiter(redis, time, { on, keyFor: (ip) => `#${ip}` });

async function ask(limits: RateLimiter, times: number, ip = 'a'): Promise<number> {
  let wait = 0;
  for (let asked = 0; asked < times; asked += 1) wait = await limits.wait('sign-in', ip);
  return wait;
}

const { each, windowMinutes } = LIMITS['sign-in'];

describe('limits', () => {
  it.each([
    ['in Redis', (time: Clock) => redisWith(time)],
    [
      'here, while Redis is not connected',
      () => failing('reconnecting', () => Promise.reject(new Error('never asked'))),
    ],
    ['here, while Redis fails', () => failing('ready', () => Promise.reject(new Error('gone')))],
    [
      'here, while Redis answers nothing of use',
      () => failing('ready', () => Promise.resolve([[new Error('READONLY'), null]])),
    ],
  ])('are counted %s', async (_, redis) => {
    const time = clock();
    const limits = limiter(redis(time), time);
    expect(await ask(limits, each)).toBe(0);
    time.forward(1);
    expect(await ask(limits, 1)).toBe((windowMinutes - 1) * 60);
    expect(await ask(limits, 1, 'b')).toBe(0);
    time.forward(windowMinutes - 1);
    expect(await ask(limits, 1)).toBe(0);
  });

  it('are shared by all processes', async () => {
    const time = clock();
    const redis = redisWith(time);
    await ask(limiter(redis, time), each);
    expect(await ask(limiter(redis, time), 1)).toBeGreaterThan(0);
  });

  it('hold for everybody together, and one who asks too often does not use that up', async () => {
    const time = clock();
    const limits = limiter(redisWith(time), time);
    for (let asked = 0; asked < LIMITS.form.all * 2; asked += 1) await limits.wait('form', 'robot');
    expect(await limits.wait('form', 'b')).toBe(0);
    let refused = 0;
    for (let one = 0; one < LIMITS.form.all; one += 1)
      if ((await limits.wait('form', `ip${String(one)}`)) > 0) refused += 1;
    expect(refused).toBe(LIMITS.form.each + 1);
  });

  it('keep only hashed addresses, for at most an hour', async () => {
    const time = clock();
    const counts = new Map<string, { count: number; endsAt: number }>();
    await limiter(redisWith(time, counts), time).wait('form', '192.0.2.7');
    expect([...counts.keys()]).toEqual(['rate:form:#192.0.2.7', 'rate:form']);
    expect(Math.max(...Object.values(LIMITS).map((limit) => limit.windowMinutes))).toBeLessThanOrEqual(60);
  });

  it('are lifted for load tests', async () => {
    const time = clock();
    expect(await ask(limiter(redisWith(time), time, false), each * 3)).toBe(0);
  });
});
