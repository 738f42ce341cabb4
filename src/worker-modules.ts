import type { Type } from '@nestjs/common';
import { ContactsWorkerModule } from './contacts/contacts-worker.module.js';
import { DeliveriesWorkerModule } from './deliveries/deliveries-worker.module.js';
import { FeedbackReleaseModule } from './feedback/feedback-release.module.js';
import { RepliesWorkerModule } from './replies/replies-worker.module.js';

/** What sends, takes mails in and releases: apart from the rest, so that the web process does not even load it. */
export const WORKER_MODULES: readonly Type[] = [
  FeedbackReleaseModule,
  ContactsWorkerModule,
  DeliveriesWorkerModule,
  RepliesWorkerModule,
];
