import { type DynamicModule, Module, type Type } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { LoggerModule } from 'nestjs-pino';
import { DatabaseModule } from '../libs/database/database.module.js';
import { OutboxModule, REDIS } from '../libs/outbox/outbox.module.js';
import { KeyRing } from '../libs/privacy/keys.js';
import { RateKeys } from '../libs/privacy/rate-key.js';
import { Clock } from '../libs/time/clock.js';
import { loggerParams } from '../libs/web/logging.js';
import { RateLimiter } from '../libs/web/rate-limit.js';
import { SETTINGS, type Settings } from './config.js';
import { ConsoleModule } from './console/console.module.js';
import { CONTACT_EVENTS } from './contacts/contacts.events.js';
import { ContactsPagesModule } from './contacts/contacts-pages.module.js';
import { CoreModule } from './core.module.js';
import { DeliveriesModule } from './deliveries/deliveries.module.js';
import { DevMailModule } from './dev-mail/dev-mail.module.js';
import { ExampleDataModule } from './example-data/example-data.module.js';
import { FeedbackModule } from './feedback/feedback.module.js';
import { FeedsModule } from './feeds/feeds.module.js';
import { InterestModule } from './interest/interest.module.js';
import { INVITATION_EVENTS } from './invitations/invitations.events.js';
import { MEETING_EVENTS } from './meetings/meetings.events.js';
import { MeetingsPagesModule } from './meetings/meetings-pages.module.js';
import { BOOKING_EVENTS } from './office-hours/slots/bookings.events.js';
import { HOST_CALENDAR_EVENTS } from './office-hours/calendars/host-calendars.events.js';
import { OfficeHoursModule } from './office-hours/office-hours.module.js';
import { OperationsModule } from './operations/operations.module.js';
import { ParticipationModule } from './participation/participation.module.js';
import { PEOPLE_EVENTS } from './people/people.events.js';
import { PeoplePagesModule } from './people/people-pages.module.js';
import { QUEUE_EVENTS } from './queue/queue.events.js';
import { QueueModule } from './queue/queue.module.js';
import { RegionsModule } from './regions/regions.module.js';
import { RepliesModule } from './replies/replies.module.js';
import { SiteModule } from './site/site.module.js';

const EVENTS = [
  ...CONTACT_EVENTS,
  ...MEETING_EVENTS,
  ...INVITATION_EVENTS,
  ...BOOKING_EVENTS,
  ...HOST_CALENDAR_EVENTS,
  ...QUEUE_EVENTS,
  ...PEOPLE_EVENTS,
];

/** Every feature. Web and worker are the same modules: the one answers pages, the other takes jobs. */
@Module({})
export class AppModule {
  /** @param works what only the process that takes jobs has (WORKER_MODULES); false in all others */
  static with(settings: Settings, { works }: { readonly works: readonly Type[] | false }): DynamicModule {
    return {
      module: AppModule,
      imports: [
        LoggerModule.forRoot(loggerParams(settings.LOG_LEVEL)),
        CoreModule.with(settings),
        DatabaseModule.connect(settings.MONGODB_URI),
        OutboxModule.connect({
          redisUrl: settings.REDIS_URL,
          events: EVENTS,
          works: works !== false,
          prefix: queuePrefix(settings.MONGODB_URI),
        }),
        RegionsModule,
        FeedbackModule,
        ContactsPagesModule,
        MeetingsPagesModule,
        DeliveriesModule,
        OfficeHoursModule,
        QueueModule,
        InterestModule,
        FeedsModule,
        SiteModule,
        PeoplePagesModule,
        ParticipationModule,
        ConsoleModule,
        OperationsModule,
        RepliesModule,
        ExampleDataModule,
        DevMailModule,
        ...(works || []),
      ],
      providers: [
        {
          provide: RateLimiter,
          inject: [REDIS, KeyRing, Clock, SETTINGS],
          useFactory: (redis: Redis, ring: KeyRing, clock: Clock, { RATE_LIMITS }: Settings) => {
            const keys = new RateKeys(ring);
            return new RateLimiter(redis, clock, { on: RATE_LIMITS, keyFor: (ip, now) => keys.keyFor(ip, now) });
          },
        },
      ],
    };
  }
}

/** Jobs belong to a database: two of them on one Redis do not take each other's. */
function queuePrefix(mongodbUri: string): string {
  const name = /^mongodb(?:\+srv)?:\/\/[^/?]+\/([^?]+)/.exec(mongodbUri)?.[1];
  return name === undefined ? 'come-together' : `jobs-${name}`;
}
