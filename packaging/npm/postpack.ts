import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../emit.ts'
import { putOwnFilesBack } from './for-users.ts'

// By hand too, where packing was cut off by a power cut.
putOwnFilesBack()
rmSync(join(ROOT, 'dist'), { recursive: true, force: true })
