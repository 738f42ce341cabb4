import { afterEach, describe, expect, it } from '@jest/globals';
import type { Queue } from 'bullmq';
import type { DatabaseClock } from '../../libs/database/database-clock.js';
import { happened } from '../../libs/outbox/happenings.js';
import type { Quarantine } from '../../libs/outbox/quarantine.js';
import { TestClock } from '../../test/support/clock.js';
import type { Settings } from '../config.js';
import { MetricsPort } from './metrics-port.service.js';
import { MetricsService } from './metrics.service.js';

const ports: MetricsPort[] = [];
const services: MetricsService[] = [];
afterEach(async () => {
  await Promise.all(ports.splice(0).map((port) => port.onApplicationShutdown()));
  for (const service of services.splice(0)) service.onModuleDestroy();
});

type Counts = Readonly<Record<string, number>>;

const queue = (name: string, counts: () => Promise<Counts>): Queue =>
  ({ name, getJobCounts: counts }) as Partial<Queue> as Queue;

function measure(counts: () => Promise<Counts>, due: () => Promise<number> = () => Promise.resolve(3)): MetricsService {
  const service = new MetricsService(
    queue('entries', counts),
    queue('deliveries', counts),
    { due } as Partial<Quarantine> as Quarantine,
    new TestClock() as unknown as DatabaseClock,
    { httpAdapter: undefined } as never,
  );
  services.push(service);
  service.onModuleInit();
  return service;
}

async function serve(metrics: MetricsService, METRICS_PORT: number): Promise<MetricsPort> {
  const port = new MetricsPort(metrics, { METRICS_PORT } as Partial<Settings> as Settings);
  ports.push(port);
  await port.onApplicationBootstrap();
  return port;
}
const at = (port: MetricsPort, path: string, method = 'GET'): Promise<Response> =>
  fetch(`http://127.0.0.1:${String(port.port)}${path}`, { method });

describe('metrics', () => {
  it('count what happens to entries and mails, and what waits', async () => {
    const metrics = measure(() => Promise.resolve({ waiting: 2, active: 1 }));
    for (const outcome of ['handled', 'handled', 'failed', 'quarantined'] as const) happened('entry', outcome);
    happened('delivery', 'sent');
    const lines = (await metrics.registry.metrics()).split('\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        'come_together_outbox_entries_total{outcome="handled"} 2',
        'come_together_outbox_entries_total{outcome="failed"} 1',
        'come_together_outbox_entries_total{outcome="quarantined"} 1',
        'come_together_deliveries_total{state="sent"} 1',
        'come_together_queue_jobs{queue="entries",state="waiting"} 2',
        'come_together_queue_jobs{queue="deliveries",state="active"} 1',
        'come_together_outbox_due 3',
      ]),
    );
  });

  it('go on when Redis or the database is away, telling less', async () => {
    const away = () => Promise.reject(new Error('away'));
    const text = await measure(away, away).registry.metrics();
    expect(text).toContain('process_cpu_seconds_total');
    expect(text).not.toMatch(/^come_together_(queue_jobs\{|outbox_due [1-9])/m);
  });

  it('are served at /metrics alone, to be read alone', async () => {
    const port = await serve(
      measure(() => Promise.resolve({})),
      0,
    );
    expect((await at(port, '/metrics')).status).toBe(200);
    expect((await at(port, '/')).status).toBe(404);
    expect((await at(port, '/metrics', 'POST')).status).toBe(405);
  });

  it('take another port when theirs is taken, as several processes on one machine have one setting', async () => {
    const first = await serve(
      measure(() => Promise.resolve({})),
      0,
    );
    const second = await serve(
      measure(() => Promise.resolve({})),
      first.port,
    );
    expect(second.port).not.toBe(first.port);
    expect((await at(second, '/metrics')).status).toBe(200);
  });
});
