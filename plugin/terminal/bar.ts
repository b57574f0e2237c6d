/** How far a run of imports has come, for whoever looks. */
export interface Bar {
  /** Bytes of one package that went through so far. */
  moved(source: string, bytes: number, of: number): void
  /** One more package is done. */
  done(source: string): void
  stop(): void
}

/** Nobody looks. */
export const NO_BAR: Bar = { moved() {}, done() {}, stop() {} }
