import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Cron } from '@nestjs/schedule';
import { kindOf } from '../../libs/outbox/relay.js';
import { KeyRing } from '../../libs/privacy/keys.js';
import { ContactsService } from './contacts.service.js';

/** While keys change, carries contacts over to the new one; registered in the worker only, and harmless on several. */
@Injectable()
export class ContactsSchedule implements OnApplicationBootstrap {
  private readonly log = new Logger(ContactsSchedule.name);

  constructor(
    private readonly contacts: ContactsService,
    private readonly ring: KeyRing,
  ) {}

  /** Not waited for: mails do not wait until a hundred thousand contacts are carried over. */
  onApplicationBootstrap(): void {
    void this.carryOver();
  }

  /** Again at night: a process that still had the old key may have written by it. */
  @Cron('23 3 * * *')
  async carryOver(): Promise<void> {
    if (!this.ring.isChanging) return;
    try {
      const carried = await this.contacts.carryOver();
      this.log.log(`contacts carried over to SECRET_KEY: ${String(carried)}; none is left under SECRET_KEY_PREVIOUS`);
    } catch (error) {
      this.log.warn(`contacts are carried over to SECRET_KEY later (${kindOf(error)})`);
    }
  }
}
