import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Clock } from '../../libs/time/clock.js';
import { zoneDataAge } from '../../libs/time/zones.js';

const OLD_DAYS = 365;

/** Governments change clocks at short notice: with old zone data invitations would name a wrong time. */
@Injectable()
export class ZoneData implements OnApplicationBootstrap {
  private readonly log = new Logger(ZoneData.name);

  constructor(private readonly clock: Clock) {}

  onApplicationBootstrap(): void {
    const { version, days } = zoneDataAge(this.clock.now());
    if (days > OLD_DAYS) this.log.warn(`time zone data (${version}) is older than a year: update Node`);
  }
}
