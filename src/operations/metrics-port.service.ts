import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { SETTINGS, type Settings } from '../config.js';
import { MetricsService } from './metrics.service.js';

const HERE = '127.0.0.1';

/** `/metrics` on a port of its own, which only this machine reaches. */
@Injectable()
export class MetricsPort implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly log = new Logger(MetricsPort.name);
  private readonly server: Server;

  constructor(
    private readonly metrics: MetricsService,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {
    this.server = createServer((request, response) => void this.answer(request, response));
  }

  /** 0 takes any free port; so does a process that finds the port taken by another of ours on this machine. */
  async onApplicationBootstrap(): Promise<void> {
    const { METRICS_PORT } = this.settings;
    try {
      await this.listen(METRICS_PORT);
    } catch (error) {
      if (!isTaken(error)) throw error;
      await this.listen(0);
      this.log.warn(`METRICS_PORT: ${String(METRICS_PORT)} is taken, ${String(this.port)} is used instead`);
    }
  }

  get port(): number {
    const address = this.server.address();
    return typeof address === 'object' && address ? address.port : 0;
  }

  async onApplicationShutdown(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((closed) => this.server.close(closed));
  }

  private listen(port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, HERE, () => {
        this.server.off('error', reject);
        resolve();
      });
    });
  }

  private async answer({ method, url }: IncomingMessage, response: ServerResponse): Promise<void> {
    if (url !== '/metrics') response.writeHead(404).end();
    else if (method !== 'GET' && method !== 'HEAD') response.writeHead(405, { allow: 'GET, HEAD' }).end();
    else await this.tell(response);
  }

  private async tell(response: ServerResponse): Promise<void> {
    try {
      const text = await this.metrics.registry.metrics();
      response.writeHead(200, { 'content-type': this.metrics.registry.contentType }).end(text);
    } catch {
      response.writeHead(500).end();
    }
  }
}

const isTaken = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === 'EADDRINUSE';
