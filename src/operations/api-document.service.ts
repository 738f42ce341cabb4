import { type INestApplication, Inject, Injectable } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { PageProblem } from '../../libs/web/problem.js';
import { SETTINGS, type Settings } from '../config.js';

const DESCRIPTION =
  'What Come Together tells in public, read-only and without a key: meetings, regions, counts that lead to nobody, and ' +
  'feeds to subscribe to. ' +
  'Refusals are problem+json (RFC 9457).';

/** The OpenAPI document, made from the controllers at the first time it is asked for. */
@Injectable()
export class ApiDocument {
  private make: (() => OpenAPIObject) | undefined;
  private made: OpenAPIObject | undefined;

  constructor(@Inject(SETTINGS) private readonly settings: Settings) {}

  /** @param app whose controllers are described; the web process says so when it starts */
  describe(app: INestApplication): void {
    this.make = () => this.documentOf(app);
  }

  get(): OpenAPIObject {
    this.made ??= this.make?.();
    if (!this.made) throw new PageProblem(404);
    return this.made;
  }

  private documentOf(app: INestApplication): OpenAPIObject {
    const config = new DocumentBuilder()
      .setOpenAPIVersion('3.1.0')
      .setTitle('Come Together')
      .setDescription(DESCRIPTION)
      .setVersion('1')
      .setLicense('MIT', 'https://opensource.org/license/mit')
      .addServer(this.settings.PUBLIC_URL)
      .build();
    const document = SwaggerModule.createDocument(app, config, {
      operationIdFactory: (controller, method) => `${controller.replace(/Api$/, '')}.${method}`.toLowerCase(),
    });
    const paths = Object.entries(document.paths).filter(([path]) => /^\/api\/v1\/|\.(ics|atom)$/.test(path));
    return { ...document, paths: Object.fromEntries(paths.sort(([a], [b]) => a.localeCompare(b))) };
  }
}
