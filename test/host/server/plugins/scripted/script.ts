import type {
  DoctorMapping,
  ListedOrder,
  MaterialMapping,
  Question,
  RefusedPackage,
} from '../../../../../bridge/data.ts'

/** What the scripted plugin is to do. */
export interface Script {
  readonly crashAtStart?: boolean
  /** Answers no stop, and outlives a SIGTERM. */
  readonly neverStops?: boolean
  readonly onLook?: 'crash' | 'storm'
  readonly onAnswer?: 'crash' | 'closed-elsewhere'
  /** End of the path of a case folder that has no room. */
  readonly refusesCaseFolder?: string
  readonly orders?: readonly ListedOrder[]
  /** Told once; asked again, their files are gone. */
  readonly refusedOnce?: readonly RefusedPackage[]
  readonly questions?: readonly Question[]
  readonly doctors?: readonly DoctorMapping[]
  readonly materials?: readonly MaterialMapping[]
}
