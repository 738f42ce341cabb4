import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { arrowsOf, foldersOf, graphOf, inCircles, partsOf, reachedFrom, type Graph } from './layers.js';
import { broken, importRules } from './rules.js';
import { importsOf, root, sources } from './sources.js';

const code = sources('{src,libs}/**/*.{ts,tsx}');
const isSpec = (path: string): boolean => /\.spec\.tsx?$/.test(path);
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

describe('imports go one way', () => {
  const imports = code.flatMap(importsOf);
  const caught = new Set<string>();

  it('are found', () => {
    expect(imports).toContainEqual({ from: 'src/local.ts', to: 'src/config', typeOnly: false });
    expect(imports.length).toBeGreaterThan(200);
  });

  it('keep every rule', () => {
    expect(broken(imports)).toEqual([]);
  });

  it.each([
    ['libs/ knows nothing of the product', 'libs/web/page.tsx', 'src/config'],
    ['the product runs without src/local and test/', 'src/meetings/meetings.module.ts', 'src/local/mailbox'],
    ['only src/local and test support start the embedded store', 'src/main.ts', 'libs/embedded-mongo/main'],
    [
      'features meet through services, modules, events and rules, never through insides',
      'src/meetings/meetings.service.ts',
      'src/contacts/contacts.repository',
    ],
    [
      'features meet through services, modules, events and rules, never through insides',
      'src/meetings/meetings.service.ts',
      'src/deliveries/deliveries.processor',
    ],
    [
      'only contacts and deliveries may read an address',
      'src/participation/participation.service.ts',
      'src/contacts/vault',
    ],
    [
      'feedback knows neither contacts nor people nor outbox nor sessions',
      'src/feedback/feedback.service.ts',
      'libs/outbox/aggregates',
    ],
    ['a file without a suffix holds rules and knows no framework', 'src/meetings/meeting.ts', 'mongoose'],
    ['a file without a suffix holds rules and knows no framework', 'src/office-hours/slots/slot.ts', 'mongoose'],
    ['a file without a suffix holds rules and knows no framework', 'src/feeds/subscribe.tsx', 'fastify'],
    ['what reads calendars and time is pure', 'libs/calendar/render.ts', '@nestjs/core'],
  ])('would be caught: %s', (rule, from, to) => {
    caught.add(rule);
    expect(broken([{ from, to, typeOnly: false }])).toEqual([`${from} imports ${to}: ${rule}`]);
  });

  it('has a caught example for each rule', () => {
    expect([...caught].sort()).toEqual(Object.keys(importRules).sort());
  });
});

describe('what knows what', () => {
  const imports = code.flatMap(importsOf).filter(({ from }) => !isSpec(from));
  const folders = foldersOf(imports);
  const divided = new Set(imports.flatMap(({ from }) => /^src\/([\w-]+)\/[\w-]+\//.exec(from)?.[1] ?? []));
  /** The arrows of the picture that begins with a box of this name. */
  const drawn = (box: string): Graph =>
    arrowsOf(
      new RegExp(`mermaid\\nflowchart TB\\n  subgraph ${box}\\n([^\`]*)\``).exec(read('docs/architecture.md'))?.[1] ??
        '',
    );

  it('goes in no circle, neither of files nor, beneath the pages, of folders', () => {
    const files = imports.filter(({ typeOnly }) => !typeOnly);
    expect(inCircles(graphOf(files.map(({ from, to }) => [from.replace(/\.tsx?$/, ''), to])))).toEqual([]);
    expect(inCircles(folders)).toEqual([]);
  });

  it('goes in no circle between the folders of a feature', () => {
    expect([...divided]).toEqual(expect.arrayContaining(['meetings', 'office-hours']));
    expect([...divided].flatMap((feature) => inCircles(partsOf(feature, imports)))).toEqual([]);
  });

  it('would be caught going in a circle', () => {
    const back = { from: 'src/contacts/contact.ts', to: 'src/queue/queue', typeOnly: false };
    expect(inCircles(foldersOf([...imports, back]))).toEqual(expect.arrayContaining(['contacts', 'queue']));
    const up = { from: 'src/office-hours/slots/slot.ts', to: 'src/office-hours/letters/conversation', typeOnly: true };
    expect(inCircles(partsOf('office-hours', [...imports, up]))).toEqual(expect.arrayContaining(['slots', 'letters']));
    const shown = { from: 'src/meetings/meeting.ts', to: 'src/meetings/pages/sign-up', typeOnly: true };
    expect(inCircles(partsOf('meetings', [...imports, shown]))).toEqual(expect.arrayContaining(['top', 'pages']));
  });

  it.each(['src', ...divided])('is drawn as it is in docs/architecture.md: %s', (box) => {
    const known = box === 'src' ? folders : partsOf(box, imports);
    const picture = drawn(box);
    const missing = [...known].flatMap(([from, others]) =>
      [...others].filter((to) => !reachedFrom(from, picture).has(to)).map((to) => `${from} --> ${to} is not drawn`),
    );
    const untrue = [...picture].flatMap(([from, others]) =>
      [...others].filter((to) => !known.get(from)?.has(to)).map((to) => `${from} --> ${to} is drawn, but not so`),
    );
    expect([...missing, ...untrue]).toEqual([]);
  });
});

describe('files', () => {
  const SUFFIXES =
    'api|connection|controller|events|guard|handlers|module|page|processor|repository|schedule|schema|service';
  const NAME = new RegExp(`^[a-z0-9-]+(\\.(${SUFFIXES}))?(\\.spec)?\\.tsx?$`);

  it('have names of the closed vocabulary', () => {
    expect(code.map(({ path }) => path).filter((path) => !NAME.test(basename(path)))).toEqual([]);
  });

  it('are named for what they are about', () => {
    const vague = /(^|\/)(utils?|helpers?|common|types|misc|shared)(\/|\.tsx?$)/;
    expect(code.map(({ path }) => path).filter((path) => vague.test(path))).toEqual([]);
  });

  it('can be read at a sitting', () => {
    const long = [...code, ...sources('{tools,test,bench}/**/*.{ts,mjs}')]
      .filter(({ path, text }) => !isSpec(path) && text.split('\n').length > 400)
      .map(({ path, text }) => `${path}: ${String(text.split('\n').length)} lines`);
    expect(long).toEqual([]);
  });
});

describe('set-up', () => {
  it('needs no package before the packages are there', () => {
    const early = sources('tools/{setup,lock,redis,start,run}.mjs').flatMap(importsOf);
    expect(early.length).toBeGreaterThan(10);
    expect(early.filter(({ to }) => !/^(node:|tools\/)/.test(to))).toEqual([]);
  });

  it('installs the same bytes from whatever registry a machine uses', () => {
    const { packages } = JSON.parse(read('package-lock.json')) as {
      packages: Record<string, { resolved?: string; integrity?: string; link?: boolean }>;
    };
    const installed = Object.entries(packages).filter(([path]) => path !== '');
    expect(installed.length).toBeGreaterThan(100);
    expect(installed.filter(([, { resolved }]) => resolved !== undefined).map(([path]) => path)).toEqual([]);
    expect(installed.filter(([, { integrity }]) => integrity === undefined).map(([path]) => path)).toEqual([]);
    expect(read('.npmrc')).toContain('omit-lockfile-registry-resolved=true');
    expect(read('.npmrc')).not.toMatch(/registry\s*=|_auth/);
  });

  it('pins every version', () => {
    const { dependencies, devDependencies, optionalDependencies } = JSON.parse(read('package.json')) as Record<
      'dependencies' | 'devDependencies' | 'optionalDependencies',
      Record<string, string>
    >;
    const ranges = Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies }).filter(
      ([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version),
    );
    expect(ranges).toEqual([]);
  });
});
