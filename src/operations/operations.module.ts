import { Module } from '@nestjs/common';
import { ApiDocument } from './api-document.service.js';
import { HealthController } from './health.controller.js';
import { MetricsPort } from './metrics-port.service.js';
import { MetricsService } from './metrics.service.js';
import { OpenApiController } from './openapi.controller.js';
import { ZoneData } from './zone-data.service.js';

/** For those who run it and those who build on it: health, metrics and the description of the API. */
@Module({
  controllers: [HealthController, OpenApiController],
  providers: [MetricsService, MetricsPort, ApiDocument, ZoneData],
  exports: [ApiDocument, MetricsPort],
})
export class OperationsModule {}
