import { describe, expect, it } from '@jest/globals';
import type { OpenAPIObject } from '@nestjs/swagger';
import { linesOf } from './api-docs.page.js';

const document = {
  openapi: '3.1.0',
  info: { title: 'T', version: '1' },
  paths: {},
  components: { schemas: { Fact: { type: 'object', properties: { value: { type: 'number' } }, required: ['value'] } } },
} satisfies OpenAPIObject;

describe('the fields of an answer', () => {
  it('stand with the path that leads to them, their type and what they mean', () => {
    const shape = {
      type: 'object',
      required: ['regions'],
      properties: {
        regions: {
          type: 'array',
          items: { type: 'object', required: ['fact'], properties: { fact: { $ref: '#/components/schemas/Fact' } } },
        },
        kind: { enum: ['a', 'b'], description: 'one of two' },
        count: { anyOf: [{ type: 'number' }, { type: 'null' }] },
      },
    };
    expect(linesOf(shape, document).map(({ name, type, meaning }) => [name, type, meaning].join(' | '))).toEqual([
      'regions | list of object | ',
      'regions[].fact | object | ',
      'regions[].fact.value | number | ',
      'kind | a, b | one of two; may be absent',
      'count | number or null | may be absent',
    ]);
  });

  it('end where a schema leads back to itself', () => {
    const round: { type: string; properties: Record<string, object> } = { type: 'object', properties: {} };
    round.properties['again'] = round;
    expect(linesOf(round, document).length).toBeLessThan(10);
  });
});
