import { copyFile, rename } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { type MadeExport, type MakeOptions, makeExport } from '../../fixtures/exports/make-export.ts'
import { orderNamed } from '../../fixtures/exports/orders.ts'
import { DOCTORS } from '../../fixtures/exports/people.ts'
import type { OrderRecipe, RecipeDoctor } from '../../fixtures/exports/recipe.ts'
import { crown, MATERIALS } from '../../fixtures/exports/recipe-teeth.ts'

/** What all orders of the story ask for: the laboratory has several kinds of it. */
export const AMBIGUOUS = 'Zirconia: Lab Preference'
/** Two doctors of one practice. */
export const ALDER = DOCTORS.alder
export const BIRCH = DOCTORS.birch

/** In the order in which they arrive. */
export const NAMES = ['first', 'second', 'third', 'fourth', 'fifth'] as const
export type OrderName = (typeof NAMES)[number]

/** The orders of the story, by the patients they are for: one crown each. */
const RECIPES: Readonly<Record<OrderName, OrderRecipe>> = {
  first: recipe('first', 'Ivo', 'Exemplar', ALDER, 26),
  second: recipe('second', 'Otto', 'Sample', BIRCH, 16),
  third: recipe('third', 'Nora', 'Lindqvist-Test', ALDER, 36),
  fourth: recipe('fourth', 'Clara', 'Mustermann', ALDER, 46),
  fifth: recipe('fifth', 'Rita', 'Again', BIRCH, 47),
}

export type StoryOrders = Readonly<Record<OrderName, MadeExport>>

/** The packages of the story, ready to be dropped. Small meshes unless told otherwise. */
export async function makeOrders(into: string, more: Partial<MakeOptions> = {}): Promise<StoryOrders> {
  const made = await Promise.all(
    NAMES.map(async (name, index) => {
      const options: MakeOptions = {
        into,
        seed: index + 1,
        form: 'zip',
        layout: 'flat',
        versions: [50],
        mesh: { format: 'stl-binary', bytes: 50_000 },
        ...more,
      }
      return [name, await makeExport(RECIPES[name], options)] as const
    }),
  )
  return Object.fromEntries(made) as Record<OrderName, MadeExport>
}

/** Into the export folder in one step, as a browser does at the end of a download. */
export async function drop(order: MadeExport, exports: string): Promise<void> {
  const part = join(exports, `${basename(order.path)}.part`)
  await copyFile(order.path, part)
  await rename(part, join(exports, basename(order.path)))
}

/** As lists show it. */
export const patientOf = ({ recipe: { patient } }: MadeExport): string => `${patient.given} ${patient.family}`

function recipe(
  name: OrderName,
  given: string,
  family: string,
  doctor: RecipeDoctor,
  tooth: number,
): OrderRecipe {
  return {
    ...orderNamed('lab-preference'),
    name,
    title: `crown on ${tooth}, material ${AMBIGUOUS}`,
    patient: { given, family, id: `P-${name}`, chartNumber: '' },
    doctor,
    teeth: [crown(tooth, MATERIALS.zirconiaLabPreference)],
    notes: `Crown on ${tooth}, please.`,
  }
}
