import * as fs from 'node:fs/promises'
import t from 'tap'
import { makeExport } from '../../fixtures/exports/make-export.ts'
import { MESH_FORMATS } from '../../fixtures/exports/mesh.ts'
import { ORDERS } from '../../fixtures/exports/orders.ts'
import type { Warning } from '../../plugin/errors.ts'
import { orderFiles } from '../../plugin/itero/files.ts'
import { MANIFEST_LIMIT_BYTES, pickManifest } from '../../plugin/itero/manifest.ts'
import { openPackage, readWhole } from '../../plugin/itero/package.ts'
import { archesWarnings, type MeshReport, meshCheck } from '../../plugin/mesh/preflight.ts'
import { read } from './manifests.ts'
import { hashOf } from './packages.ts'

type Options = Parameters<typeof makeExport>[1]

/** Everything that reading tells of a package that the maker of exports made. */
async function readAll(recipe: (typeof ORDERS)[number], options: Options) {
  const made = await makeExport(recipe, options)
  const pkg = await openPackage(fs, made.path)
  try {
    const manifest = pickManifest(pkg.entries)
    const xml = await readWhole(pkg, manifest, MANIFEST_LIMIT_BYTES, 'manifest-too-large')
    const order = read(xml, manifest.name)
    const { files, warnings } = orderFiles(order, pkg.entries)
    const meshes: Warning[] = []
    const jaws = new Map<string, MeshReport>()
    for (const { entry, role } of files) {
      const check = meshCheck(entry.name, entry.bytes)
      for await (const chunk of pkg.read(entry)) check?.push(chunk)
      const report = check?.end() ?? null
      meshes.push(...(report?.warnings ?? []))
      if (role.kind === 'jaw' && report !== null) jaws.set(role.jaw, report)
    }
    const [upper, lower] = [jaws.get('upper'), jaws.get('lower')]
    if (upper !== undefined && lower !== undefined) meshes.push(...archesWarnings(upper, lower))
    const hashes = await Promise.all(made.files.map(({ name }) => hashOf(pkg, name)))
    return { made, order, files, jaws, hashes, warnings: [...order.warnings, ...warnings, ...meshes] }
  } finally {
    await pkg.close()
  }
}

const LAYOUTS = ['flat', 'top-folder', 'mac'] as const

for (const [at, recipe] of ORDERS.entries()) {
  const format = MESH_FORMATS[at % MESH_FORMATS.length] ?? 'stl-binary'
  const layout = LAYOUTS[at % LAYOUTS.length] ?? 'flat'
  for (const [naming, form] of [
    ['lab', at % 2 ? 'folder' : 'zip'],
    ['ortho', at % 2 ? 'zip' : 'folder'],
  ] as const) {
    // Orthodontic packages hold the same files whatever the order.
    if (naming === 'ortho' && at % 3 > 0) continue
    t.test(`the order ${recipe.name} is read whole: ${naming}, ${form}, ${layout}, ${format}`, async (t) => {
      const versions = naming === 'lab' ? [10, 21, 24, 50] : [50]
      const mesh = { format, bytes: 60_000 }
      const options = { into: t.testdir(), seed: at + 1, form, layout, naming, versions, mesh }
      const { made, order, files, jaws, hashes, warnings } = await readAll(recipe, options)
      t.equal(order.id, made.orderId)
      t.same(
        order.teeth.map(({ fdi }) => fdi as number).toSorted(),
        recipe.teeth.map(({ fdi }) => Number(fdi)).toSorted(),
      )
      t.same([order.patient.given, order.patient.family], [recipe.patient.given, recipe.patient.family])
      t.same([...jaws.keys()].toSorted(), ['lower', 'upper'])
      t.same(
        hashes,
        made.files.map(({ sha256 }) => sha256),
        'every byte',
      )
      t.equal(files.length, made.files.length)
      const told = new Set(warnings.map(({ code }) => code))
      // One recipe has a manifest that calls a pre-treatment scan a jaw, as real ones do.
      told.delete('file-role-corrected')
      t.same([...told], [], 'nothing that is not understood')
    })
  }
}
