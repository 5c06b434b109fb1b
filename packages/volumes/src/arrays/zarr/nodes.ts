/**
 * What lies at a path of a Zarr: an array or a group, in version 2 or 3? Reads the metadata files
 * and nothing else.
 *
 *   version 3   zarr.json                    with node_type, attributes and the rest
 *   version 2   .zarray or .zgroup, .zattrs
 */

import { VolumeError } from '../../errors.ts'
import type { Store } from '../stores/store.ts'

export type Json = Readonly<Record<string, unknown>>

export interface ZarrNode {
  readonly version: 2 | 3
  readonly kind: 'array' | 'group'
  /** From the root of the store, without slashes at its ends. */
  readonly path: string
  /** The metadata as they are in the file. */
  readonly metadata: Json
  readonly attributes: Json
}

export const joinKey = (path: string, name: string): string => (path ? `${path}/${name}` : name)

/** The node at a path; undefined if there is none. */
export async function readNode(
  store: Store,
  path: string,
  signal?: AbortSignal,
): Promise<ZarrNode | undefined> {
  // Some servers refuse what is not there: this matters only if nothing is found.
  let refused: unknown
  const json = (name: string): Promise<Json | undefined> =>
    readJson(store, joinKey(path, name), signal).catch((error) => {
      signal?.throwIfAborted()
      if (!(error instanceof VolumeError) || error.fault === 'data') throw error
      refused ??= error
      return undefined
    })
  const metadata = await json('zarr.json')
  if (metadata) {
    const kind = metadata.node_type
    if (metadata.zarr_format !== 3 || (kind !== 'array' && kind !== 'group'))
      throw damaged(store, joinKey(path, 'zarr.json'), 'it needs zarr_format 3 and a node_type')
    return { version: 3, kind, path, metadata, attributes: recordIn(metadata.attributes) }
  }
  for (const [name, kind] of [['.zarray', 'array'] as const, ['.zgroup', 'group'] as const]) {
    const old = await json(name)
    if (!old) continue
    if (old.zarr_format !== 2) throw damaged(store, joinKey(path, name), 'it needs zarr_format 2')
    return { version: 2, kind, path, metadata: old, attributes: (await json('.zattrs')) ?? {} }
  }
  if (refused) throw refused
  return undefined
}

async function readJson(
  store: Store,
  key: string,
  signal: AbortSignal | undefined,
): Promise<Json | undefined> {
  const bytes = await store.get(key, signal)
  if (!bytes) return undefined
  let value: unknown
  try {
    value = parseJson(new TextDecoder().decode(bytes))
  } catch (error) {
    throw damaged(store, key, error instanceof Error ? error.message : String(error))
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw damaged(store, key, 'it is not a JSON object')
  return value as Json
}

/**
 * Python writes NaN and Infinity as they are, which JSON has no words for: they become strings. So
 * does a fill value with more digits than a number holds.
 */
const parseJson = (text: string): unknown =>
  JSON.parse(
    text
      .replace(/"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g, (part) =>
        part.startsWith('"') ? part : `"${part}"`,
      )
      .replace(/("fill_value"\s*:\s*)(-?\d{16,})(?=\s*[,}])/g, '$1"$2"'),
  )

const damaged = (store: Store, key: string, reason: string): VolumeError =>
  new VolumeError('data', `${store.address}: the metadata in ${key} are damaged: ${reason}.`)

export const recordIn = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {}
