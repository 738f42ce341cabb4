import { fileURLToPath } from 'node:url';
import { Logger } from 'nestjs-pino';
import { localOrigins } from '../libs/web/secure.js';
import { createWebApp } from '../libs/web/web.js';
import { AppModule } from './app.module.js';
import { ApiDocument } from './operations/api-document.service.js';
import { PeopleService } from './people/people.service.js';
import { settingsAtStart } from './start-settings.js';
import { letGoOfStart } from './starting.js';
import { loadTexts } from './texts/index.js';

/** Serves pages, JSON and health until it is told to end. */
export async function start(): Promise<void> {
  const settings = await settingsAtStart();
  const isLocal = settings.NODE_ENV !== 'production';

  const app = await createWebApp(AppModule.with(settings, { works: false }), {
    catalogue: loadTexts(),
    assets: fileURLToPath(new URL('assets', import.meta.url)),
    publicUrl: settings.PUBLIC_URL,
    otherOrigins: isLocal ? localOrigins(settings.PORT) : [],
    trustProxy: settings.TRUST_PROXY,
  });
  app.useLogger(app.get(Logger));
  app.get(ApiDocument).describe(app);
  // Whoever started us is gone: nobody would end us otherwise.
  process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  await app.listen(settings.PORT, settings.HOST);

  // Asked for by src/local.ts, once and only on loopback: the link reaches no log.
  if (process.env['PRINT_SIGN_IN'] === '1') {
    const signInLink = await app.get(PeopleService).signInLink();
    if (signInLink !== undefined) process.send?.({ signInLink });
  }
  letGoOfStart();
}
