import { Module } from '@nestjs/common';
import { DevMailController } from './dev-mail.controller.js';
import { DevMailGuard } from './dev-mail.guard.js';
import { DevMailService } from './dev-mail.service.js';

/** `/dev/mail`, for one machine without a mail relay. Imported by the web process; without DEV_MAIL_URL it answers 404. */
@Module({ controllers: [DevMailController], providers: [DevMailGuard, DevMailService] })
export class DevMailModule {}
