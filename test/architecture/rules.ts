import type { Import } from './sources.js';

const featureOf = (path: string): string | undefined => /^src\/(?!local\/|texts\/)([\w-]+)\//.exec(path)?.[1];
const isTest = (path: string): boolean => /^(test|bench)\/|\.spec\.tsx?$/.test(path);
const INSIDE = /\.(repository|schema|controller|api|handlers|processor|connection|schedule|page)$/;
const FRAMEWORK = /^(@nestjs\/(?!common$)|mongoose$|bullmq$|ioredis$|fastify$|nodemailer$)/;
const FILE_OF_RULES = /^src\/[\w-]+\/([\w-]+\/)?[\w-]+\.tsx?$/;

/** Each rule finds nothing in a sound tree; its name says where the code belongs. */
export const importRules: Readonly<Record<string, (each: Import) => boolean>> = {
  'libs/ knows nothing of the product': ({ from, to }) =>
    from.startsWith('libs/') && /^(src|test|bench|tools)\//.test(to),

  'the product runs without src/local and test/': ({ from, to }) =>
    from.startsWith('src/') && !/^src\/local(\/|\.ts)/.test(from) && /^(src\/local(\/|$)|test\/|bench\/)/.test(to),

  'only src/local and test support start the embedded store': ({ from, to }) =>
    to.startsWith('libs/embedded-mongo/') &&
    !/^(libs\/embedded-mongo|test|bench)\//.test(from) &&
    !/^src\/local(\/|\.ts)/.test(from),

  'features meet through services, modules, events and rules, never through insides': ({ from, to }) =>
    featureOf(from) !== undefined &&
    featureOf(to) !== undefined &&
    featureOf(from) !== featureOf(to) &&
    INSIDE.test(to),

  'only contacts and deliveries may read an address': ({ from, to }) =>
    to === 'src/contacts/vault' && !['contacts', 'deliveries'].includes(featureOf(from) ?? 'deliveries'),

  'feedback knows neither contacts nor people nor outbox nor sessions': ({ from, to }) =>
    featureOf(from) === 'feedback' &&
    (/^src\/(contacts|people|invitations|deliveries)\//.test(to) ||
      to.startsWith('libs/outbox/') ||
      /^libs\/web\/[^/]*session/.test(to)),

  'a file without a suffix holds rules and knows no framework': ({ from, to, typeOnly }) =>
    FILE_OF_RULES.test(from) && featureOf(from) !== undefined && !typeOnly && FRAMEWORK.test(to),

  'what reads calendars and time is pure': ({ from, to }) =>
    /^libs\/(calendar|time)\//.test(from) && (FRAMEWORK.test(to) || /^node:(fs|net|http)/.test(to)),
};

export const broken = (imports: readonly Import[]): readonly string[] =>
  Object.entries(importRules).flatMap(([rule, breaks]) =>
    imports
      .filter((each) => !isTest(each.from) && breaks(each))
      .map(({ from, to }) => `${from} imports ${to}: ${rule}`),
  );
