/**
 * Packs the library once for all starters. With `STARTER_PACKED=folder`, takes what an earlier
 * `npm pack` left there.
 */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import type { TestProject } from 'vitest/node'
import { pack } from '../../scripts/starter.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder with the packed library. */
    packed: string
  }
}

export default async function setup(project: TestProject): Promise<() => void> {
  const { STARTER_PACKED: packed } = process.env
  if (packed !== undefined) {
    project.provide('packed', packed)
    return () => {}
  }
  const folder = mkdtempSync(join(tmpdir(), 'stridefold-packed-'))
  await pack(folder)
  project.provide('packed', folder)
  return () => rmSync(folder, { recursive: true, force: true })
}
