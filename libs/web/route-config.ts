import 'reflect-metadata';
import { FASTIFY_ROUTE_CONFIG_METADATA } from '@nestjs/platform-fastify/constants.js';
import type { FastifyContextConfig } from 'fastify';

/**
 * Marks a controller or one of its methods for the hooks of this library. Nest's own RouteConfig replaces what an earlier
 * decorator set; this one adds to it.
 */
export const routeConfig =
  (part: FastifyContextConfig): ClassDecorator & MethodDecorator =>
  (target: object, _?: string | symbol, descriptor?: PropertyDescriptor): void => {
    const methods = descriptor ? [descriptor.value as unknown] : methodsOf((target as { prototype: object }).prototype);
    for (const method of methods) add(method, part);
  };

function add(method: unknown, part: FastifyContextConfig): void {
  if (typeof method !== 'function') return;
  const before = Reflect.getMetadata(FASTIFY_ROUTE_CONFIG_METADATA, method) as FastifyContextConfig | undefined;
  // What stands at the method itself is applied first and wins over what stands at its class.
  Reflect.defineMetadata(FASTIFY_ROUTE_CONFIG_METADATA, { ...part, ...before }, method);
}

const methodsOf = (prototype: object): readonly unknown[] =>
  Object.entries(Object.getOwnPropertyDescriptors(prototype))
    .filter(([name]) => name !== 'constructor')
    .map(([, descriptor]): unknown => descriptor.value);
