import { Injectable } from '@nestjs/common';
import type { Id } from '../../libs/privacy/ids.js';
import { takingPlace, type Series } from '../invitations/series.js';

interface Span {
  readonly start: Date;
  readonly end: Date;
}

/** Knows of what a host has agreed to besides meetings. */
export interface HostTimeSource {
  booked(host: Id, span: Span): Promise<boolean>;
}

/** The port through which other features say that a host has something else at a time: never what, or with whom. */
@Injectable()
export class HostTimes {
  private readonly sources: HostTimeSource[] = [];

  register(source: HostTimeSource): void {
    this.sources.push(source);
  }

  /** Whether the host of a meeting has something else while it takes place, at any of its dates. */
  async collides({ host, series, ...one }: Span & { readonly host: Id; readonly series?: Series }): Promise<boolean> {
    for (const span of series ? takingPlace(series) : [one]) {
      for (const source of this.sources) if (await source.booked(host, span)) return true;
    }
    return false;
  }
}
