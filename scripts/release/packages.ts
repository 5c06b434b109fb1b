/**
 * The packages that are published, in an order in which each one follows those that it depends on,
 * and their archives. An archive has the files that were built before: nothing is built here.
 */

import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

export const root: string = fileURLToPath(new URL('../..', import.meta.url))

export interface Manifest {
  readonly name: string
  readonly version: string
  readonly private?: boolean
  readonly repository?: unknown
  readonly workspaces?: readonly string[]
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
}

export interface PackageFolder {
  /** From the root of the repository. */
  readonly folder: string
  readonly manifest: Manifest
}

export interface Archive {
  readonly name: string
  readonly version: string
  /** The hash of the file, as registries name it. */
  readonly integrity: string
  /** The path of the .tgz file. */
  readonly file: string
  /** In bytes. */
  readonly size: number
  readonly unpackedSize: number
  readonly files: readonly { readonly path: string; readonly size: number }[]
}

export const readManifest = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))

/** Every workspace, private ones too, in the order of the root's package.json. */
export const workspaces = (): PackageFolder[] =>
  readManifest('.').workspaces!.map((folder) => ({ folder, manifest: readManifest(folder) }))

export function publishedPackages(): PackageFolder[] {
  const published = workspaces().filter(({ manifest }) => manifest.private !== true)
  return inOrderOfDependencies(published)
}

/** Throws if packages depend on each other in a circle. */
export function inOrderOfDependencies(packages: readonly PackageFolder[]): PackageFolder[] {
  const ordered: PackageFolder[] = []
  let waiting = [...packages]
  while (waiting.length > 0) {
    const names = new Set(waiting.map(({ manifest }) => manifest.name))
    const ready = waiting.filter(
      ({ manifest }) => !Object.keys(manifest.dependencies ?? {}).some((name) => names.has(name)),
    )
    if (ready.length === 0)
      throw new Error(`These packages depend on each other in a circle: ${[...names].join(', ')}.`)
    ordered.push(...ready)
    waiting = waiting.filter((one) => !ready.includes(one))
  }
  return ordered
}

/** Packs what was built into a folder. No script of the package runs. */
export function pack({ folder }: PackageFolder, destination: string): Archive {
  const args = ['pack', '--json', '--ignore-scripts', '--offline', '--pack-destination']
  const printed = execFileSync('npm', [...args, destination], {
    cwd: join(root, folder),
    encoding: 'utf8',
    maxBuffer: 64 * 2 ** 20,
    stdio: ['ignore', 'pipe', 'inherit'],
    shell: process.platform === 'win32',
  })
  const [packed] = JSON.parse(printed)
  return { ...packed, file: join(destination, packed.filename) }
}
