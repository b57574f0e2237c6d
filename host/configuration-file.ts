import { readFile, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import type { ValidateFunction } from 'ajv'
import { HostError } from './errors.ts'

/** Bytes; such a file holds a few lines. */
const LIMIT = 1_000_000

/**
 * One JSON file of the installation, checked.
 * Errors: `file-unreadable` {file, reason}, `file-not-json` {file}, `file-contradictory` {file, field}, `file-invalid` {file, field}
 * (`upgradeContract.until`); never a value.
 */
export async function configurationFile<T>(file: string, check: ValidateFunction<T>): Promise<T> {
  const name = basename(file)
  const data = parse(name, await bytesOf(file, name))
  if (check(data)) return data
  const [error] = check.errors ?? []
  const named = error?.params['missingProperty'] ?? error?.params['additionalProperty'] ?? error?.propertyName
  const path = (error?.instancePath ?? '').split('/').slice(1)
  const field = named === undefined ? path : [...path, String(named).slice(0, 64)]
  throw new HostError('file-invalid', { file: name, field: field.join('.') })
}

async function bytesOf(file: string, name: string): Promise<Uint8Array> {
  const refusal = (reason: string, cause?: unknown) =>
    new HostError('file-unreadable', { file: name, reason }, cause)
  const unreadable = (error: NodeJS.ErrnoException) => {
    throw refusal(error.code ?? 'unknown', error)
  }
  const found = await stat(file).catch(unreadable)
  if (found.isDirectory()) throw refusal('EISDIR')
  if (!found.isFile()) throw refusal('no-file')
  if (found.size > LIMIT) throw refusal('too-large')
  return readFile(file).catch(unreadable)
}

function parse(file: string, bytes: Uint8Array): unknown {
  const [text, data] = parsed(file, bytes)
  const field = nameTwice(text)
  if (field !== null) throw new HostError('file-contradictory', { file, field: field.slice(0, 64) })
  return data
}

function parsed(file: string, bytes: Uint8Array): readonly [text: string, data: unknown] {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return [text, JSON.parse(text)]
  } catch {
    // The engine's message would quote the text.
    throw new HostError('file-not-json', { file })
  }
}

const TOKEN = /("[^"\\]*(?:\\.[^"\\]*)*")(\s*:)?|[{}[\]]/g

/** A name that an object of this JSON has twice, of which JSON.parse would take the last; null: there is none. */
function nameTwice(json: string): string | null {
  const open: Set<string>[] = []
  for (const [token, text, colon] of json.matchAll(TOKEN)) {
    if (token === '{' || token === '[') open.push(new Set())
    else if (token === '}' || token === ']') open.pop()
    if (text === undefined || colon === undefined) continue
    const name: string = JSON.parse(text)
    const names = open.at(-1)
    if (names?.has(name)) return name
    names?.add(name)
  }
  return null
}
