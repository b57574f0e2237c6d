/**
 * Asks, and takes answers in the order in which they were asked for: several under way at once come back in any, and an
 * older one must not cover what a newer one told. Ends with the answer, taken or not.
 */
export type InTurn<T> = <A extends T>(
  ask: () => Promise<A>,
  /** false: this answer told nothing, an older one may still be taken. */
  take: (answer: A) => boolean,
) => Promise<A>

/** Turns of one and the same thing, whichever call tells of it. */
export function createTurns<T>(): InTurn<T> {
  let asked = 0
  let taken = 0
  return async (ask, take) => {
    asked += 1
    const turn = asked
    const answer = await ask()
    if (turn > taken && take(answer)) taken = turn
    return answer
  }
}

/** A reading of its own, in turn; a failure is an answer, too. */
export function inOrder<T>(ask: () => Promise<T>, take: (answer: T) => void): () => Promise<void> {
  const inTurn = createTurns<T>()
  return async () => {
    await inTurn(ask, (answer) => {
      take(answer)
      return true
    })
  }
}
