import { fileURLToPath } from 'node:url';
import { Body, Controller, Get, Module, NotFoundException, Param, Post, Put } from '@nestjs/common';
import type { VNode } from 'preact';
import { z } from 'zod';
import { Clock } from '../../libs/time/clock.js';
import { type Answer, seeOther, withStatus } from '../../libs/web/answers.js';
import { ErrorSummary, Form } from '../../libs/web/components.js';
import { shortText } from '../../libs/web/fields.js';
import { TextField } from '../../libs/web/form-fields.js';
import { freshForm, parseForm, type FormState } from '../../libs/web/forms.js';
import { Page } from '../../libs/web/page.js';
import { brokenLink } from '../../libs/web/problem.js';
import { RateLimit, RateLimiter } from '../../libs/web/rate-limit.js';
import { CurrentReader, type Reader } from '../../libs/web/reader.js';
import { TokenPage, TokenQuery } from '../../libs/web/secure.js';
import { createWebApp } from '../../libs/web/web.js';
import { loadTexts } from '../../src/texts/index.js';

const schema = z.object({ place: shortText(10, { required: true }) });
const LABELS = { en: 'Place', fr: 'Où êtes-vous ?' } as const;

const view = (reader: Reader, form: FormState): VNode => (
  <Page reader={reader} title="Sample">
    <ErrorSummary
      reader={reader}
      form={form}
      {...(reader.language in LABELS && { labels: { place: LABELS[reader.language as keyof typeof LABELS] } })}
    />
    <Form reader={reader} action="/sample">
      <TextField reader={reader} form={form} name="place" label="Place" required />
    </Form>
  </Page>
);

@Controller()
class SamplePages {
  @Get('sample')
  show(@CurrentReader() reader: Reader): Answer {
    return view(reader, freshForm());
  }

  @Post('sample')
  save(@CurrentReader() reader: Reader, @Body() body: unknown): Answer {
    const form = parseForm(schema, body);
    return form.ok ? seeOther(reader.href('/sample')) : withStatus(422, view(reader, form));
  }

  @TokenPage()
  @RateLimit('link')
  @Get('letters/:token')
  letter(@Param('token') token: string): Answer {
    throw token === 'x' ? new NotFoundException() : brokenLink();
  }

  @TokenQuery('me')
  @Get('places')
  places(@CurrentReader() reader: Reader): Answer {
    return view(reader, freshForm());
  }

  @RateLimit('sign-in')
  @Post('limited')
  limited(): object {
    return { done: true };
  }

  @Post('console/acts')
  act(): object {
    return { done: true };
  }

  @Get('broken')
  broken(): never {
    throw new Error('secret@example.org');
  }

  @Get('api/v1/things/:id')
  thing(): never {
    throw new NotFoundException();
  }

  @Put('api/v1/things/:id')
  change(): object {
    return {};
  }
}

const redisAway = {
  status: 'end' as const,
  multi: (): never => {
    throw new Error('not while it is away');
  },
};

@Module({
  controllers: [SamplePages],
  providers: [
    {
      provide: RateLimiter,
      useFactory: () => new RateLimiter(redisAway, new Clock(), { on: true, keyFor: (ip) => ip }),
    },
  ],
})
class SampleModule {}

export const PUBLIC = 'http://localhost:3000';

/** An app of a few pages of every kind, without Redis, and how to ask it. */
export async function startSamplePages() {
  const app = await createWebApp(SampleModule, {
    catalogue: loadTexts(),
    assets: fileURLToPath(new URL('../../src/assets', import.meta.url)),
    publicUrl: PUBLIC,
    otherOrigins: ['http://127.0.0.1:3000'],
  });
  app.useLogger(false);
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  return {
    app,
    get: (url: string, headers: Record<string, string> = {}) => app.inject({ method: 'GET', url, headers }),
    post: (url: string, payload: string, headers: Record<string, string> = {}) =>
      app.inject({
        method: 'POST',
        url,
        payload,
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      }),
  };
}
