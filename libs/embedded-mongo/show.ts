import { Int32, Opaque, Type } from './scalars.js';
import { Doc, List, typeName, type Value } from './values.js';

/** A value as MongoDB writes it into error messages. */
export function show(value: Value): string {
  if (value instanceof Doc)
    return `{ ${[...value.fields].map(([name, each]) => `${name}: ${show(each)}`).join(', ')} }`;
  if (value instanceof List) return `[ ${value.items.map(show).join(', ')} ]`;
  if (value instanceof Opaque) {
    if (value.type === Type.objectId) return `ObjectId('${value.bytes.toString('hex')}')`;
    if (value.type === Type.date) return `new Date(${String(value.bytes.readBigInt64LE())})`;
    if (value.type === Type.binData)
      return `BinData(${String(value.bytes[4] ?? 0)}, ${value.bytes.toString('hex', 5).toUpperCase()})`;
    return typeName(value);
  }
  if (value instanceof Int32) return String(value.value);
  if (typeof value === 'number') return Number.isInteger(value) ? value.toFixed(1) : String(value);
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}
