import { autocomplete, confirm, isCancel, note, select, text } from '@clack/prompts'
import type { OpenQuestion, WaitingOrder } from '../ledger/questions.ts'
import { type Client, type ClientDetails, type ClientId, clientDetailsProblem } from '../mapping/clients.ts'
import { type Language, type Names, nameIn } from '../mapping/materials.ts'
import type { Answer, DoctorQuestion, Lists, MaterialQuestion } from '../mapping/questions.ts'
import { phrase } from '../words/phrases.ts'
import { visible } from '../words/visible.ts'
import { promptOutput } from './prompt-output.ts'

/** Asks one question of the person at the terminal. null: put off, the orders go on waiting; stop: no more of this. */
export async function ask(
  open: OpenQuestion,
  lists: Lists,
  language: Language,
): Promise<Answer | 'stop' | null> {
  const { question } = open
  return question.kind === 'doctor'
    ? await askDoctor(open, question, lists.clients, language)
    : await askMaterial(open, question, lists, language)
}

async function askDoctor(
  open: OpenQuestion,
  { doctor, likely, remembered }: DoctorQuestion,
  clients: readonly Client[],
  language: Language,
): Promise<Answer | 'stop' | null> {
  const say = (key: Parameters<typeof phrase>[1]) => phrase(language, key, {})
  const lines: readonly [string, string | null][] = [
    [say('field-doctor-id'), doctor.id],
    [say('field-licence'), doctor.licence],
    [say('field-practice-address'), doctor.practiceAddress],
  ]
  note(
    [
      ...lines.flatMap(([name, value]) => (value === null ? [] : [`${name}: ${visible(value)}`])),
      ...waitingLines(open, language),
      ...(remembered ? [] : [say('holds-for-order')]),
    ].join('\n'),
    phrase(language, 'question-doctor', { doctor: visible(doctor.name ?? '–') }),
  )
  const way = await select({
    output: promptOutput(language),
    message: say('question-doctor-ask'),
    // Where nobody is likely, pressing Enter twice must not assign the client who happens to be first.
    ...(likely.length === 0 ? { initialValue: 'create' as const } : {}),
    options: [
      ...(clients.length > 0 ? [{ value: 'assign' as const, label: say('doctor-assign') }] : []),
      { value: 'create' as const, label: say('doctor-create') },
      { value: 'later' as const, label: say('put-off') },
    ],
  })
  if (isCancel(way)) return 'stop'
  if (way === 'later') return null
  if (way === 'create') {
    const details = await askNewClient(doctor, language)
    if (details === null) return 'stop'
    return { kind: 'doctor', client: { new: details } }
  }
  const likelyIds = new Set(likely.map(({ client }) => client))
  const ranked = [
    ...likely.flatMap(({ client }) => clients.find(({ id }) => id === client) ?? []),
    ...clients.filter(({ id }) => !likelyIds.has(id)),
  ]
  const chosen = await autocomplete<ClientId>({
    output: promptOutput(language),
    message: say('doctor-choose-client'),
    placeholder: say('type-to-search'),
    maxItems: 8,
    options: ranked.map((client) => ({
      value: client.id,
      label: `${visible(client.name)} (${visible(client.id)})`,
      ...(likelyIds.has(client.id)
        ? { hint: say('likely') }
        : client.address
          ? { hint: visible(client.address) }
          : {}),
    })),
  })
  return isCancel(chosen) ? 'stop' : { kind: 'doctor', client: { existing: chosen } }
}

async function askNewClient(
  doctor: DoctorQuestion['doctor'],
  language: Language,
): Promise<ClientDetails | null> {
  const fields = {
    name: doctor.name ?? '',
    address: doctor.practiceAddress ?? '',
    contact: '',
    licence: doctor.licence ?? '',
  }
  const details: Record<string, string> = {}
  for (const [field, prefilled] of Object.entries(fields) as [keyof typeof fields, string][]) {
    const value = await text({
      message: phrase(language, `client-${field}`, {}),
      initialValue: visible(prefilled),
      validate: (typed) => problemOf(field, typed ?? '', language),
    })
    if (isCancel(value)) return null
    if (value.trim() !== '') details[field] = value.trim()
  }
  return { ...details, name: details['name'] ?? '' }
}

/** Told while the field can still be mended. */
function problemOf(field: string, typed: string, language: Language): string | undefined {
  if (typed.trim() === '') return field === 'name' ? phrase(language, 'client-name-needed', {}) : undefined
  const problem = clientDetailsProblem({ name: 'x', [field]: typed })
  return problem === null ? undefined : phrase(language, 'client-unfit', {})
}

async function askMaterial(
  open: OpenQuestion,
  question: MaterialQuestion,
  { materials: { materials } }: Lists,
  language: Language,
): Promise<Answer | 'stop' | null> {
  const say = (key: Parameters<typeof phrase>[1]) => phrase(language, key, {})
  const ordered = visible(question.itero.name ?? question.itero.id ?? say('material-not-stated'))
  note(waitingLines(open, language).join('\n'), phrase(language, 'question-material', { material: ordered }))
  const listed = (code: string) => materials.find((one) => one.code === code)
  const named = (names: Names | undefined, code: string) =>
    names ? `${visible(nameIn(names, language))} (${code})` : code
  const later = '\0later'
  const material = await select<string>({
    output: promptOutput(language),
    message: say('material-choose'),
    maxItems: 10,
    ...initially(
      question.proposed.material,
      question.candidates.map(({ code }) => code),
    ),
    options: [
      ...question.candidates.map(({ code }) => ({ value: code, label: named(listed(code)?.names, code) })),
      { value: later, label: say('put-off') },
    ],
  })
  if (isCancel(material)) return 'stop'
  if (material === later) return null

  const methods = question.candidates.find(({ code }) => code === material)?.methods ?? []
  const [only] = methods
  const methodName = (code: string) =>
    named(listed(material)?.methods.find((one) => one.code === code)?.names, code)
  const method =
    methods.length === 1 && only !== undefined
      ? only
      : await select<string>({
          output: promptOutput(language),
          message: say('method-choose'),
          ...initially(question.proposed.method, methods),
          options: methods.map((code) => ({ value: code, label: methodName(code) })),
        })
  if (isCancel(method)) return 'stop'
  if (question.defaultKey === null) {
    return { kind: 'material', material, method, makeDefault: { material: false, method: false } }
  }
  const boxes = { material: question.makeDefault.material, method: question.makeDefault.method }
  for (const half of ['material', 'method'] as const) {
    const ticked = await confirm({
      message: phrase(language, `default-${half}`, { ordered }),
      initialValue: boxes[half],
      active: say('yes'),
      inactive: say('no'),
    })
    if (isCancel(ticked)) return 'stop'
    boxes[half] = ticked
  }
  return { kind: 'material', material, method, makeDefault: boxes }
}

/** What stands selected, where it is among the choices. */
const initially = (proposed: string | null, choices: readonly string[]) =>
  proposed !== null && choices.includes(proposed) ? { initialValue: proposed } : {}

/** Of a doctor's note: it is what decides, so it is cut only where it would hide the question. */
const NOTE_CHARACTERS = 900

/** Up to five of the orders that wait, with what the person needs to decide: teeth and the doctor's note. */
function waitingLines(open: OpenQuestion, language: Language): readonly string[] {
  const shown = open.waiting.slice(0, 5).flatMap((order: WaitingOrder) => [
    phrase(language, 'waiting-order', {
      order: visible(order.orderId),
      teeth: order.teeth.join(' ') || '–',
      patient: visible(order.summary.patient),
    }),
    ...(order.note === '' ? [] : [`  ${visible(order.note, NOTE_CHARACTERS)}`]),
  ])
  return [phrase(language, 'orders-wait', { count: open.waitingCount }), ...shown]
}
