import { Module } from '@nestjs/common';
import { RegionsApi } from './regions.api.js';
import { RegionsService } from './regions.service.js';

@Module({ controllers: [RegionsApi], providers: [RegionsService], exports: [RegionsService] })
export class RegionsModule {}
