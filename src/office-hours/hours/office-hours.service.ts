import { Injectable } from '@nestjs/common';
import { accept, type Result } from '../../../libs/rules/decision.js';
import { openWithRing, sealWithRing, type SealedPlace } from '../../../libs/privacy/envelope.js';
import type { Id } from '../../../libs/privacy/ids.js';
import { KeyRing } from '../../../libs/privacy/keys.js';
import { Clock } from '../../../libs/time/clock.js';
import { isOffered, type OfficeHours, type OfficeHoursDetails } from './office-hours.js';
import { OfficeHoursRepository } from './office-hours.repository.js';
import { OFFICE_HOURS } from './office-hours.schema.js';

/** The room's address as it is typed; empty for a fresh one at each slot. */
export interface GivenOfficeHours extends OfficeHoursDetails {
  readonly room: string;
}

/** More than a movement of volunteers offers at one time. */
const MOST_OFFERED = 200;

/** The public face of office hours: what hosts offer. */
@Injectable()
export class OfficeHoursService {
  constructor(
    private readonly hours: OfficeHoursRepository,
    private readonly ring: KeyRing,
    private readonly clock: Clock,
  ) {}

  get(id: Id): Promise<OfficeHours | undefined> {
    return this.hours.get(id);
  }

  withVersion(id: Id): Promise<{ readonly version: number; readonly state: OfficeHours } | undefined> {
    return this.hours.store.load(id);
  }

  /** Those that have not come to their last day, by title. */
  async offered(): Promise<readonly OfficeHours[]> {
    const all = await this.hours.all(MOST_OFFERED);
    const now = this.clock.now();
    return all.filter((each) => isOffered(each, now)).sort((a, b) => a.title.localeCompare(b.title));
  }

  all(): Promise<OfficeHours[]> {
    return this.hours.all(MOST_OFFERED);
  }

  /** Saves new office hours; a form that is sent twice makes one. */
  async open(id: Id, { room, ...details }: GivenOfficeHours): Promise<Result<OfficeHours, 'exists'>> {
    return this.hours.store.create(id, { ...details, id, room: this.sealed(id, room) });
  }

  /** What is booked stays as it is. @param version the one that the form showed */
  async change(
    id: Id,
    { room, ...details }: GivenOfficeHours,
    version?: number,
  ): Promise<Result<OfficeHours, 'unknown' | 'changed-meanwhile' | 'taken'>> {
    return this.hours.store.change(id, () => accept({ ...details, id, room: this.sealed(id, room) }), version);
  }

  /** The room's address as it was typed; empty where each slot has its own. */
  roomOf({ id, room }: Pick<OfficeHours, 'id' | 'room'>): string {
    return room.length === 0 ? '' : openWithRing(this.ring, 'room', room, placeOf(id)).toString('utf8');
  }

  private sealed(id: Id, room: string): Uint8Array {
    return room === '' ? new Uint8Array() : sealWithRing(this.ring, 'room', room, placeOf(id));
  }
}

const placeOf = (id: Id): SealedPlace => ({ collection: OFFICE_HOURS, id, field: 'room' });
