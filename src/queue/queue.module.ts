import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { OfficeHoursModule } from '../office-hours/office-hours.module.js';
import { PeopleModule } from '../people/people.module.js';
import { DayController } from './day.controller.js';
import { QueueDropIn } from './drop-in.service.js';
import { LivePages } from './live.service.js';
import { Presence } from './presence.service.js';
import { QueueController } from './queue.controller.js';
import { QueueHandlers } from './queue.handlers.js';
import { QueueNews } from './queue-news.service.js';
import { QueueRepository } from './queue.repository.js';
import { QUEUE_MONTHS, queueMonthsSchema, QUEUES, queuesSchema } from './queue.schema.js';
import { QueueService } from './queue.service.js';

@Module({
  imports: [
    MongooseModule.forFeature([
      { name: QUEUES, schema: queuesSchema },
      { name: QUEUE_MONTHS, schema: queueMonthsSchema },
    ]),
    OfficeHoursModule,
    PeopleModule,
  ],
  controllers: [QueueController, DayController],
  providers: [QueueRepository, QueueNews, QueueService, QueueHandlers, QueueDropIn, Presence, LivePages],
})
export class QueueModule {}
