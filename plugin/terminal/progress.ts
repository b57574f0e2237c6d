import { progress } from '@clack/prompts'
import type { Language } from '../mapping/materials.ts'
import { phrase } from '../words/phrases.ts'
import type { Bar } from './bar.ts'

/** Steps of the bar, whatever the number of bytes. */
const STEPS = 1000

/**
 * One bar for all packages of a run. Sizes are known as packages are opened, so a package not opened yet counts as
 * large as the mean of those that are.
 */
export function importBar(packages: number, language: Language): Bar {
  const sizes = new Map<string, { bytes: number; of: number }>()
  const finished = new Set<string>()
  const bar = progress({
    max: STEPS,
    size: 30,
    style: 'heavy',
    cancelMessage: phrase(language, 'cancelled', {}),
    errorMessage: phrase(language, 'went-wrong', {}),
  })
  let shown = 0
  const message = () => phrase(language, 'importing', { n: finished.size, of: packages })
  bar.start(message())
  const advance = () => {
    const known = [...sizes.values()]
    const bytes = known.reduce((sum, size) => sum + size.bytes, 0)
    const mean = known.reduce((sum, size) => sum + size.of, 0) / Math.max(1, known.length)
    const step = mean === 0 ? 0 : Math.floor((bytes / (mean * packages)) * STEPS)
    // A later, larger package may move the whole away from us: the bar waits, it does not go back.
    if (step > shown) {
      bar.advance(Math.min(step, STEPS) - shown, message())
      shown = Math.min(step, STEPS)
    }
  }
  return {
    moved(source, bytes, of) {
      sizes.set(source, { bytes, of })
      advance()
    },
    done(source) {
      const size = sizes.get(source)
      if (size) size.bytes = size.of
      finished.add(source)
      advance()
      bar.message(message())
    },
    stop: () => bar.stop(message()),
  }
}
