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
export const NAMES = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth'] as const
export type OrderName = (typeof NAMES)[number]

/** The orders of the story, by the patients they are for: one crown each. */
const RECIPES: Readonly<Record<OrderName, OrderRecipe>> = {
  first: recipe('first', 'Ivo', 'Exemplar', ALDER, 26),
  second: recipe('second', 'Otto', 'Sample', BIRCH, 16),
  third: recipe('third', 'Nora', 'Lindqvist-Test', ALDER, 36),
  fourth: recipe('fourth', 'Clara', 'Mustermann', ALDER, 46),
  fifth: recipe('fifth', 'Rita', 'Again', BIRCH, 47),
  sixth: recipe('sixth', 'Emil', 'Pretend', ALDER, 15),
}

export type StoryOrders = Readonly<Record<OrderName, MadeExport>>

/** Other works, of other doctors too. */
const OTHERS = {
  bridge: { ...orderNamed('bridge-44-46'), patient: patient('bridge', 'Pavel', 'Template') },
  gold: orderNamed('gold-crown'),
  anterior: orderNamed('pre-treatment'),
  midline: orderNamed('bridge-midline'),
  arch: orderNamed('full-arch'),
  latin: { ...orderNamed('names-latin'), teeth: [crown(24, MATERIALS.multilayerZirconia)] },
} satisfies Record<string, OrderRecipe>
export type OtherName = keyof typeof OTHERS

/** The packages of the story, ready to be dropped. Small meshes unless told otherwise. */
export async function makeOrders(into: string, more: Partial<MakeOptions> = {}): Promise<StoryOrders> {
  return allMade(RECIPES, into, () => more)
}

/** Packages of other works; the bridge has scans in colour that are worth a look. */
export async function makeOthers(into: string): Promise<Readonly<Record<OtherName, MadeExport>>> {
  const coloured = { mesh: { format: 'ply-colours', bytes: 3_000_000 } } as const
  return allMade(OTHERS, into, (name) => (name === 'bridge' ? coloured : {}))
}

/** Into the export folder in one step, as a browser does at the end of a download. */
export async function drop(order: MadeExport, exports: string): Promise<void> {
  const part = join(exports, `${basename(order.path)}.part`)
  await copyFile(order.path, part)
  await rename(part, join(exports, basename(order.path)))
}

async function allMade<Name extends string>(
  recipes: Readonly<Record<Name, OrderRecipe>>,
  into: string,
  more: (name: Name) => Partial<MakeOptions>,
): Promise<Readonly<Record<Name, MadeExport>>> {
  const names = Object.keys(recipes) as Name[]
  const made = await Promise.all(
    names.map(async (name, index) => {
      const options: MakeOptions = {
        into,
        seed: index + 1,
        form: 'zip',
        layout: 'flat',
        versions: [50],
        mesh: { format: 'stl-binary', bytes: 50_000 },
        ...more(name),
      }
      return [name, await makeExport(recipes[name], options)] as const
    }),
  )
  return Object.fromEntries(made) as Record<Name, MadeExport>
}

function patient(name: string, given: string, family: string): OrderRecipe['patient'] {
  return { given, family, id: `P-${name}`, chartNumber: '' }
}

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
    patient: patient(name, given, family),
    doctor,
    teeth: [crown(tooth, MATERIALS.zirconiaLabPreference)],
    notes: `Crown on ${tooth}, please.`,
  }
}
