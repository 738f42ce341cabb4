import { type DynamicModule, Global, Module } from '@nestjs/common';
import { ErasureLog } from '../libs/privacy/erasure-log.js';
import { Ids } from '../libs/privacy/ids.js';
import { KeyRing } from '../libs/privacy/keys.js';
import { Clock } from '../libs/time/clock.js';
import { SETTINGS, type Settings } from './config.js';
import { Links } from './links.js';

/** What every feature may use: settings, keys, clock, ids and links. */
@Global()
@Module({})
export class CoreModule {
  static with(settings: Settings): DynamicModule {
    return {
      module: CoreModule,
      providers: [
        { provide: SETTINGS, useValue: settings },
        { provide: KeyRing, useFactory: () => KeyRing.of(settings.SECRET_KEY, settings.SECRET_KEY_PREVIOUS) },
        { provide: ErasureLog, useFactory: () => new ErasureLog(settings.DATA_DIR) },
        Clock,
        Ids,
        Links,
      ],
      exports: [SETTINGS, KeyRing, ErasureLog, Clock, Ids, Links],
    };
  }
}
