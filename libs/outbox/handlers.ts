import { Injectable } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import type { Id } from '../privacy/ids.js';
import type { Entry } from './entry.js';

/**
 * A handler that has more to do answers where to go on (the cursor is kept before the next page starts) or when to be
 * asked again; undefined closes the entry.
 */
export type NextPage = { readonly cursor: string } | { readonly later: Date } | undefined;

export type Handler = (aggregate: Id, entry: Entry) => Promise<NextPage>;

interface Handled {
  readonly types: readonly string[];
  readonly name: string;
}

const HANDLES = Symbol('handles');

/**
 * Marks a method as what an event causes. `name` is stored in every entry: once released it may not change its meaning.
 * The method may run twice and at any later time, so it acts on the present state and writes by unique keys.
 */
export function Handles(name: string, ...types: readonly string[]): MethodDecorator {
  return (_target, _key, descriptor) => {
    Reflect.defineMetadata(HANDLES, { name, types } satisfies Handled, descriptor.value as object);
  };
}

/** Knows for every event who handles it. Start fails when an event has no handler or a handler's name stands twice. */
@Injectable()
export class Handlers {
  private readonly byName = new Map<string, Handler>();
  private readonly namesByType = new Map<string, string[]>();

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  /** @param known every event type that some aggregate can report */
  discover(known: readonly string[]): void {
    for (const { instance } of this.discovery.getProviders()) {
      if (typeof instance !== 'object' || instance === null) continue;
      const prototype = Object.getPrototypeOf(instance) as Record<string, unknown> | null;
      if (!prototype) continue;
      for (const method of this.scanner.getAllMethodNames(prototype)) {
        const handle = prototype[method];
        if (typeof handle !== 'function') continue;
        const handled = Reflect.getMetadata(HANDLES, handle) as Handled | undefined;
        if (handled) this.add(handled, handle.bind(instance) as Handler);
      }
    }
    const unhandled = known.filter((type) => !this.namesByType.has(type));
    if (unhandled.length > 0) throw new Error(`no handler for ${unhandled.join(', ')}`);
    const unknown = [...this.namesByType.keys()].filter((type) => !known.includes(type));
    if (unknown.length > 0) throw new Error(`handlers for events that nothing reports: ${unknown.join(', ')}`);
  }

  namesFor(type: string): readonly string[] {
    return this.namesByType.get(type) ?? [];
  }

  get(name: string): Handler | undefined {
    return this.byName.get(name);
  }

  private add(handled: Handled, handler: Handler): void {
    if (this.byName.has(handled.name)) throw new Error(`two handlers are named ${handled.name}`);
    this.byName.set(handled.name, handler);
    for (const type of handled.types) {
      this.namesByType.set(type, [...(this.namesByType.get(type) ?? []), handled.name]);
    }
  }
}
