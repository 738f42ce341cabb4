import { fail, refuse } from './errors.js';
import { isTrue } from './filter.js';
import { plain } from './scalars.js';
import { Doc, isNumber, List, typeName, type Value } from './values.js';

/** What every command may carry. */
const EVERYWHERE = [
  '$db',
  'lsid',
  '$readPreference',
  '$clusterTime',
  'comment',
  'readConcern',
  'writeConcern',
  'maxTimeMS',
];
const TRANSACTIONS = ['txnNumber', 'autocommit', 'startTransaction', 'stmtId', 'stmtIds'];

/** The fields of a command or a part of one: none that is not on the list, each of its type. */
export class Fields {
  constructor(
    private readonly doc: Doc,
    private readonly where: string,
    allowed: readonly string[],
  ) {
    for (const name of doc.fields.keys())
      if (!allowed.includes(name)) refuse(40415, `BSON field '${where}.${name}' is an unknown field`);
  }

  /** A whole command, with what any command may carry. */
  static ofCommand(command: Doc, allowed: readonly string[]): Fields {
    const where = command.firstName ?? '';
    for (const name of TRANSACTIONS)
      if (command.get(name) !== undefined)
        refuse(20, 'Transaction numbers are only allowed on a replica set member or mongos');
    const fields = new Fields(command, where, [where, ...allowed, ...EVERYWHERE]);
    const w = fields.document('writeConcern')?.get('w');
    if (isNumber(w) ? plain(w) > 1 || plain(w) < 0 : w !== undefined && w !== 'majority')
      fail(2, "cannot use 'w' > 1 when a host is not replicated");
    const concern = fields.document('readConcern');
    const level = concern?.get('level') ?? 'local';
    const levels: readonly Value[] = ['local', 'available', 'majority', 'linearizable'];
    if (!levels.includes(level) || [...(concern?.fields.keys() ?? [])].some((name) => name !== 'level'))
      refuse(20, 'this readConcern');
    return fields;
  }

  has(name: string): boolean {
    return this.doc.get(name) !== undefined;
  }

  value(name: string): Value | undefined {
    return this.doc.get(name);
  }

  need<T>(value: T | undefined, name: string): T {
    return value ?? fail(40414, `BSON field '${this.where}.${name}' is missing but a required field`);
  }

  text(name: string): string {
    const value = this.need(this.doc.get(name), name);
    return typeof value === 'string' ? value : this.wrong(name, value, 'string');
  }

  document(name: string): Doc | undefined {
    const value = this.doc.get(name);
    return value === undefined || value instanceof Doc ? value : this.wrong(name, value, 'object');
  }

  list(name: string): List | undefined {
    const value = this.doc.get(name);
    return value === undefined || value instanceof List ? value : this.wrong(name, value, 'array');
  }

  docs(name: string): readonly Doc[] {
    const { items } = this.need(this.list(name), name);
    return items.map((item, i) => (item instanceof Doc ? item : this.wrong(`${name}.${String(i)}`, item, 'object')));
  }

  bool(name: string, otherwise = false): boolean {
    const value = this.doc.get(name);
    if (value === undefined || value === null) return otherwise;
    return typeof value === 'boolean' || isNumber(value) ? isTrue(value) : this.wrong(name, value, 'bool');
  }

  /** A whole number, 0 or more. */
  count(name: string): number | undefined {
    const value = this.doc.get(name);
    if (value === undefined || value === null) return undefined;
    const number = isNumber(value) ? plain(value) : this.wrong(name, value, 'long');
    if (number < 0) fail(51024, `BSON field '${name}' value must be >= 0, actual value '${String(number)}'`);
    return Number.isInteger(number) ? number : fail(9, `BSON field '${name}' must be a whole number`);
  }

  private wrong(name: string, value: Value, type: string): never {
    return fail(
      14,
      `BSON field '${this.where}.${name}' is the wrong type '${typeName(value)}', expected type '${type}'`,
    );
  }
}
