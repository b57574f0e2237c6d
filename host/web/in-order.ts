/**
 * A reading whose answers are taken in the order in which they were asked for: two under way at once come back in any, and
 * the older one must not cover what the newer one told. Ends when its answer was taken or dropped.
 */
export function inOrder<T>(ask: () => Promise<T>, take: (answer: T) => void): () => Promise<void> {
  let asked = 0
  let taken = 0
  return async () => {
    asked += 1
    const turn = asked
    const answer = await ask()
    if (turn < taken) return
    taken = turn
    take(answer)
  }
}
