/** Keeps the latest things made, at most `size`: what has not been asked for the longest goes first. */
export class BoundedCache<Value> {
  private readonly kept = new Map<string, Value>();

  constructor(private readonly size: number) {}

  /** What is kept under `key`, or is made now. Something that fails to be made is not kept. */
  get(key: string, make: () => Value): Value {
    const known = this.kept.get(key);
    const value = known ?? make();
    this.kept.delete(key);
    this.kept.set(key, value);
    const [oldest] = this.kept.keys();
    if (this.kept.size > this.size && oldest !== undefined) this.kept.delete(oldest);
    return value;
  }

  forget(key: string): void {
    this.kept.delete(key);
  }
}
