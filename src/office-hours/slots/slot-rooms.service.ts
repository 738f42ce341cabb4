import { Inject, Injectable } from '@nestjs/common';
import { openWithRing, sealWithRing, type SealedPlace } from '../../../libs/privacy/envelope.js';
import { Ids, type Id } from '../../../libs/privacy/ids.js';
import { KeyRing } from '../../../libs/privacy/keys.js';
import { SETTINGS, type Settings } from '../../config.js';
import { freshRoom } from '../../meetings/room.js';
import type { OfficeHours } from '../hours/office-hours.js';
import { OfficeHoursService } from '../hours/office-hours.service.js';
import type { Slot } from './slot.js';
import { SLOTS } from './slots.schema.js';

/** Where those who booked a slot meet: the room that its office hours share, or one of its own. */
@Injectable()
export class SlotRooms {
  constructor(
    private readonly hours: OfficeHoursService,
    private readonly ring: KeyRing,
    private readonly ids: Ids,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** A room for a slot, sealed for it. */
  roomFor(hours: OfficeHours, slot: Id): Uint8Array {
    const shared = this.hours.roomOf(hours);
    const address = shared === '' ? freshRoom(this.settings.ROOM_BASE_URL, this.ids.next()) : shared;
    return sealWithRing(this.ring, 'room', address, placeOf(slot));
  }

  /** The address of a slot's room: only its pages show it, at its time. */
  roomOf({ id, room }: Pick<Slot, 'id' | 'room'>): string {
    return openWithRing(this.ring, 'room', room, placeOf(id)).toString('utf8');
  }
}

const placeOf = (id: Id): SealedPlace => ({ collection: SLOTS, id, field: 'room' });
