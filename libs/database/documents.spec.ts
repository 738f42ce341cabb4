import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import ts from 'typescript';

const SHAPES = `
import type { Change, Documents, Where } from './documents.js';
interface Guest { readonly id: string; readonly seats?: readonly string[]; readonly was?: { readonly end: Date } }
interface Open { readonly status: 'open' | 'full'; readonly since: Date | null; readonly note: Uint8Array; readonly guests: readonly Guest[] }
interface Entry { readonly id: string; readonly dueAt?: Date }
interface Doc { readonly _id: string; readonly state?: Open | { readonly closed: true }; readonly pending: readonly Entry[] }
type Found = ReturnType<Documents<Doc>['find']>;
`;

const COMPILES = [
  `Where<Doc> = { _id: 'a', 'state.status': 'open' }`,
  `Where<Doc> = { 'state.status': { $in: ['open', 'full'] }, 'state.since': null }`,
  `Where<Doc> = { 'state.since': { $gt: new Date(0), $lte: new Date(1) } }`,
  `Where<Doc> = { state: { $exists: true }, 'state.closed': true }`,
  `Where<Doc> = { 'state.guests.id': 'a', 'state.guests.was.end': { $lt: new Date(0) } }`,
  `Where<Doc> = { 'state.guests.seats': 'a', pending: { $size: 0 } }`,
  `Where<Doc> = { $or: [{ _id: 'a' }, { 'pending.id': { $ne: 'b' } }] }`,
  `Change<Doc> = { $set: { 'state.status': 'full', 'pending.$.dueAt': new Date(0) } }`,
  `Change<Doc> = { $unset: { 'state.guests': 1, 'pending.$.dueAt': 1 } }`,
  `Change<Doc> = { $push: { pending: { id: 'a' } }, $pull: { pending: { id: { $in: ['b'] } } } }`,
  `Parameters<Found['sort']> = [{ 'state.since': -1, _id: 1 }]`,
  `Parameters<Documents<Doc>['findOne']> = [{}, { 'state.note': 1 }]`,
];

const REFUSED = [
  `Where<Doc> = { 'state.statsu': 'open' }`,
  `Where<Doc> = { 'stat.status': 'open' }`,
  `Where<Doc> = { status: 'open' }`,
  `Where<Doc> = { 'state.status': 'opne' }`,
  `Where<Doc> = { 'state.status': { $in: ['opne'] } }`,
  `Where<Doc> = { 'state.status': null }`,
  `Where<Doc> = { 'state.since': { $after: new Date(0) } }`,
  `Where<Doc> = { 'state.since': 'today' }`,
  `Where<Doc> = { 'state.guests.was.start': new Date(0) }`,
  `Where<Doc> = { 'state.note.length': 0 }`,
  `Where<Doc> = { 'pending.$.id': 'a' }`,
  `Where<Doc> = { $or: [{ 'state.statsu': 'open' }] }`,
  `Change<Doc> = { $set: { 'state.status': 'opne' } }`,
  `Change<Doc> = { $set: { 'pending.dueAt': new Date(0) } }`,
  `Change<Doc> = { $unset: { 'state.statsu': 1 } }`,
  `Change<Doc> = { $push: { pending: { name: 'a' } } }`,
  `Change<Doc> = { $pull: { pending: { ids: 'a' } } }`,
  `Parameters<Found['sort']> = [{ 'state.sinse': -1 }]`,
  `Parameters<Documents<Doc>['findOne']> = [{}, { 'state.notes': 1 }]`,
];

/** @returns those of the declarations that do not compile */
function refusedOf(declarations: readonly string[]): readonly string[] {
  const probe = join(dirname(fileURLToPath(import.meta.url)), 'probe.ts');
  const lines = declarations.map((each, index) => `export const _${String(index)}: ${each};`);
  const options: ts.CompilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    types: [],
    target: ts.ScriptTarget.ESNext,
    module: ts.ModuleKind.NodeNext,
  };
  const host = ts.createCompilerHost(options);
  const program = ts.createProgram([probe], options, {
    ...host,
    fileExists: (file) => file === probe || host.fileExists(file),
    getSourceFile: (file, target) =>
      file === probe
        ? ts.createSourceFile(file, [...lines, SHAPES].join('\n'), target)
        : host.getSourceFile(file, target),
  });
  const errors = program.getSemanticDiagnostics(program.getSourceFile(probe));
  const found = new Set(errors.map(({ file, start }) => file?.getLineAndCharacterOfPosition(start ?? 0).line));
  return declarations.filter((_, line) => found.has(line));
}

describe('what a repository asks of its documents', () => {
  it('compiles where each path is one of theirs and each value may stand there', () => {
    expect(refusedOf([...COMPILES, ...REFUSED])).toEqual(REFUSED);
  });
});
