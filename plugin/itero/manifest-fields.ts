import type { Warning, WarningCode } from '../errors.ts'
import type { Node } from './manifest-xml.ts'

/** Collects what could not be understood while a manifest is read. */
export type Warn = (code: WarningCode, facts: Warning['facts']) => void

/** Child elements of that name, none, one or several. A child with text only has no attributes. */
export function children(node: Node | undefined, name: string): readonly Node[] {
  const found = node?.[name]
  if (found === undefined) return []
  const list = Array.isArray(found) ? (found as readonly (string | Node)[]) : [found as string | Node]
  return list.map((child) => (typeof child === 'string' ? { '#text': child } : child))
}

export function child(node: Node | undefined, name: string): Node | undefined {
  return children(node, name)[0]
}

/** Every child element with its name, in the order of the file as far as names go. */
export function allChildren(
  node: Node | undefined,
): readonly { readonly name: string; readonly node: Node }[] {
  if (node === undefined) return []
  return Object.keys(node)
    .filter((name) => !name.startsWith('@') && name !== '#text')
    .flatMap((name) => children(node, name).map((node) => ({ name, node })))
}

/** Free text of a child element; empty and `Null` are nothing [V]. */
export function text(node: Node | undefined, name: string): string | null {
  return textOrNothing(ownText(child(node, name)))
}

/** An id or a code of a child element; `-1`, `0`, `0000000` and `Null` are nothing [V]. */
export function id(node: Node | undefined, name: string): string | null {
  return idOrNothing(ownText(child(node, name)))
}

export function ownText(node: Node | undefined): string {
  const own = node?.['#text']
  return typeof own === 'string' ? own.trim() : Array.isArray(own) ? own.join(' ').trim() : ''
}

/** An attribute as written; empty where it is not there. */
export function attribute(node: Node | undefined, name: string): string {
  const value = node?.[`@${name}`]
  return typeof value === 'string' ? value.trim() : ''
}

export function textOrNothing(value: string): string | null {
  return value === '' || /^null$/i.test(value) ? null : value
}

export function idOrNothing(value: string): string | null {
  return /^(-1|0*|null)$/i.test(value) ? null : value
}

/** Values as facts of a warning: bounded, and without what acts on a terminal. */
export function told(value: string): string {
  return value.replaceAll(/[\p{Cc}\p{Cf}]/gu, ' ').slice(0, 100)
}
