import { DE } from './de.ts'
import { EN } from './en.ts'
import { words } from './words.ts'

/** Texts of the shell, list, dialogs, clients, mappings and settings. */
export const say = words({ en: EN, de: DE })
