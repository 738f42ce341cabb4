import { type DynamicModule, Global, Module } from '@nestjs/common';
import { ErasureLog } from '../libs/privacy/erasure-log.js';
import { Ids } from '../libs/privacy/ids.js';
import { KeyRing } from '../libs/privacy/keys.js';
import { Clock } from '../libs/time/clock.js';
import { Catalogue } from '../libs/web/i18n.js';
import { SETTINGS, type Settings } from './config.js';
import { Links } from './links.js';
import { loadTexts } from './texts/index.js';

/** What every feature may use: settings, keys, clock, ids, links and texts. */
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
        { provide: Catalogue, useFactory: loadTexts },
        Clock,
        Ids,
        Links,
      ],
      exports: [SETTINGS, KeyRing, ErasureLog, Catalogue, Clock, Ids, Links],
    };
  }
}
