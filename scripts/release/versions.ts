/**
 * Where the version of the project is written, and how it changes. All packages have one version,
 * and those that need each other name it exactly, so that nobody installs two that were never
 * tested together.
 */

import type { PackageFolder } from './packages.ts'

/** A place that names a version. */
export interface Place {
  readonly place: string
  readonly version: string
}

/** A file that names the version once, beside the manifests. */
export interface VersionFile {
  readonly path: string
  /** Its first group is the version. */
  readonly pattern: RegExp
}

export const versionFiles: readonly VersionFile[] = [
  { path: 'packages/stridefold/src/runtime/version.ts', pattern: /(?<=version = ')([^']*)/ },
  { path: 'CITATION.cff', pattern: /(?<=^version: )(.*)/m },
]

/** The versions of packages, and those that they name for each other. */
export function placesIn(packages: readonly PackageFolder[]): Place[] {
  const names = new Set(packages.map(({ manifest }) => manifest.name))
  return packages.flatMap(({ folder, manifest }) => [
    { place: `${folder}/package.json`, version: manifest.version },
    ...[manifest.dependencies, manifest.peerDependencies, manifest.devDependencies].flatMap(
      (dependencies) =>
        Object.entries(dependencies ?? {})
          .filter(([name]) => names.has(name))
          .map(([name, version]) => ({ place: `${folder}/package.json, ${name}`, version })),
    ),
  ])
}

export function placeIn({ path, pattern }: VersionFile, text: string): Place {
  return { place: path, version: pattern.exec(text)?.[1] ?? 'no version' }
}

/** The text of package.json with a new version, also where it names the other packages. */
export function manifestAt(text: string, version: string, names: readonly string[]): string {
  const fields = ['version', ...names].map((name) => name.replaceAll('/', '\\/')).join('|')
  return text.replace(new RegExp(`^(\\s*"(?:${fields})": ")[^"]*"`, 'gm'), `$1${version}"`)
}

export function fileAt({ pattern }: VersionFile, text: string, version: string): string {
  return text.replace(pattern, version)
}
