import { Module } from '@nestjs/common';
import { FeedbackModule } from '../feedback/feedback.module.js';
import { MeetingsModule } from '../meetings/meetings.module.js';
import { RegionsModule } from '../regions/regions.module.js';
import { SiteController } from './site.controller.js';

@Module({ imports: [RegionsModule, MeetingsModule, FeedbackModule], controllers: [SiteController] })
export class SiteModule {}
