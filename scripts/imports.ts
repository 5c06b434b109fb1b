/**
 * Lists the modules that a source file imports. The tests of the module map and of the package
 * boundaries use this list, and so does the selection of the browser tests.
 *
 * Regular expressions suffice, because of our style: an import or export statement starts at the
 * beginning of a line, and a comment line starts with `*`, `/*` or `//`.
 */

import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const importPatterns = [
  /^(?:import|export)\s+(?:type\s+)?(?:[\w$]+\s*,?\s*)?(?:\*(?:\s+as\s+[\w$]+)?|\{[^}]*\})?\s*from\s*['"]([^'"]+)['"]/gm,
  /^import\s*['"]([^'"]+)['"]/gm,
  /\bimport\(\s*['"]([^'"]+)['"]/g,
  /\bnew URL\(\s*['"](\.[^'"]+)['"]\s*,\s*import\.meta\.url/g,
]

/**
 * Returns the specifiers of a module's static, dynamic and type imports, re-exports and worker
 * URLs, in no particular order.
 */
export function importedSpecifiers(source: string): string[] {
  const code = source.replace(/^\s*(?:\*|\/\*|\/\/).*$/gm, '')
  return importPatterns.flatMap((pattern) => [...code.matchAll(pattern)].map((match) => match[1]!))
}

/**
 * Returns the TypeScript and JavaScript files below a folder: sorted paths relative to it, with
 * forward slashes.
 */
export function sourceFiles(folder: string, subfolder = ''): string[] {
  return readdirSync(join(folder, subfolder), { withFileTypes: true })
    .flatMap((entry) => {
      const path = subfolder ? `${subfolder}/${entry.name}` : entry.name
      if (entry.isDirectory())
        return ['node_modules', 'dist'].includes(entry.name) ? [] : sourceFiles(folder, path)
      return /\.[cm]?[jt]sx?$/.test(entry.name) ? [path] : []
    })
    .sort()
}

/** Returns true if a file imports a module of Node, directly or through relative imports. */
export function needsNode(file: string, seen: Set<string> = new Set()): boolean {
  if (seen.has(file)) return false
  seen.add(file)
  return importedSpecifiers(readFileSync(file, 'utf8')).some(
    (specifier) =>
      specifier.startsWith('node:') ||
      (specifier.startsWith('.') &&
        /\.ts$/.test(specifier) &&
        needsNode(join(dirname(file), specifier), seen)),
  )
}
