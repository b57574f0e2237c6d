// What the plugin does with its secrets, step by step as told, in whatever keychain its environment leads to.
import { systemSecrets } from '../plugin/secrets.ts'

const secrets = systemSecrets('MyiTero import')
for (const step of process.argv.slice(2)) {
  const [what = '', name = '', length = '0'] = step.split(':')
  try {
    if (what === 'write') await secrets.write(name, 's'.repeat(Number(length)))
    if (what === 'remove') await secrets.remove(name)
    const result = what === 'read' ? ((await secrets.read(name))?.length ?? null) : 'done'
    console.log(JSON.stringify({ result, kept: secrets.kept }))
  } catch (error) {
    console.log(JSON.stringify({ code: (error as { code?: string }).code, text: String(error) }))
  }
}
