import type { Import } from './sources.js';

/** Who knows whom, by name. */
export type Graph = ReadonlyMap<string, ReadonlySet<string>>;

const bare = (path: string): string => path.replace(/\.tsx?$/, '');
const folderOf = (path: string): string | undefined => /^(?:src|libs)\/([\w-]+)\//.exec(path)?.[1];
const PAGE = /\.(page|controller|api|guard)$|-pages\.module$/;

export function graphOf(pairs: Iterable<readonly [string, string]>): Graph {
  const graph = new Map<string, Set<string>>();
  for (const [from, to] of pairs) graph.set(from, (graph.get(from) ?? new Set()).add(to));
  return graph;
}

/** All that is known by way of others, too. */
export function reachedFrom(name: string, graph: Graph): ReadonlySet<string> {
  const reached = new Set<string>();
  const left = [...(graph.get(name) ?? [])];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    if (reached.has(next)) continue;
    reached.add(next);
    left.push(...(graph.get(next) ?? []));
  }
  return reached;
}

/** Names that are known, by way of others, to what they know. */
export const inCircles = (graph: Graph): readonly string[] =>
  [...graph.keys()].filter((name) => reachedFrom(name, graph).has(name));

/** Pages, and what only pages use: they may show whatever any feature knows. */
export function pagesOf(imports: readonly Import[]): ReadonlySet<string> {
  const users = Map.groupBy(imports, ({ to }) => to);
  const pages = new Set(imports.flatMap(({ from, to }) => [bare(from), to]).filter((path) => PAGE.test(path)));
  for (let before = -1; before !== pages.size;) {
    before = pages.size;
    for (const [path, uses] of users) {
      const isOfFeature = path.startsWith('src/') && folderOf(path) !== undefined;
      if (isOfFeature && uses.every(({ from }) => pages.has(bare(from)))) pages.add(path);
    }
  }
  return pages;
}

/** Which folders of `src/` or `libs/` know which others there, pages left out. */
export function foldersOf(imports: readonly Import[]): Graph {
  const pages = pagesOf(imports);
  return graphOf(
    imports.flatMap(({ from, to }) => {
      const [user, used] = [folderOf(from), folderOf(to)];
      const isBeneath = user !== undefined && used !== undefined && user !== used && !pages.has(bare(from));
      return isBeneath && from.split('/')[0] === to.split('/')[0] ? [[user, used] as const] : [];
    }),
  );
}

/** Which folders of one feature know which others there, pages and all; `top`: files beside them, but for modules. */
export const partsOf = (feature: string, imports: readonly Import[]): Graph =>
  graphOf(
    imports.flatMap(({ from, to }) => {
      const [user, used] = [partOf(feature, from), partOf(feature, to)];
      return user !== undefined && used !== undefined && user !== used ? [[user, used] as const] : [];
    }),
  );

function partOf(feature: string, path: string): string | undefined {
  const inside = path.startsWith(`src/${feature}/`) ? path.slice(`src/${feature}/`.length).split('/') : [];
  if (inside.length > 1) return inside[0];
  return inside.length === 0 || /\.module(\.ts)?$/.test(path) ? undefined : 'top';
}

/** The arrows of a picture in Mermaid's words: `a --> b & c`. */
export const arrowsOf = (picture: string): Graph =>
  graphOf(
    [...picture.matchAll(/^ *([\w-]+) --> (.+)$/gm)].flatMap(([, from = '', to = '']) =>
      to.split('&').map((each) => [from, each.trim()] as const),
    ),
  );
