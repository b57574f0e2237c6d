import { workName } from '../../words/works.ts'
import { language } from './words.ts'

/** A reconstruction type in words; one that is not known stays as it is. */
export const reconstructionName = (type: string): string => workName(type, language.value)
