import type {
  CloudState,
  DoctorMapping,
  ListedOrder,
  MaterialMapping,
  Question,
  RefusedPackage,
} from '../../../../../bridge/data.ts'
import type { UserCommand } from '../../../../../host/mirror.ts'

/** What the scripted plugin is to do. */
export interface Script {
  readonly crashAtStart?: boolean
  /** Answers no stop, and outlives a SIGTERM. */
  readonly neverStops?: boolean
  readonly onLook?: 'crash' | 'end' | 'storm'
  readonly onAnswer?: 'crash' | 'closed-elsewhere'
  /** End of the path of a case folder that has no room. */
  readonly refusesCaseFolder?: string
  readonly orders?: readonly ListedOrder[]
  /** Told once; asked again, their files are gone. */
  readonly refusedOnce?: readonly RefusedPackage[]
  /** As it stands while a profile is configured; what is asked of it moves it. */
  readonly cloud?: CloudState
  /** Chosen in the menu of the icon as soon as it is configured. */
  readonly command?: UserCommand
  /** Not then, but with the first look. */
  readonly commandOnLook?: boolean
  /** The browser comes back at once, and an account is to be chosen. */
  readonly choosesNext?: boolean
  /** No sign-in can be begun. */
  readonly refusesSignIn?: boolean
  /** Address of the login page. */
  readonly loginPage?: string
  readonly questions?: readonly Question[]
  readonly doctors?: readonly DoctorMapping[]
  readonly materials?: readonly MaterialMapping[]
}
