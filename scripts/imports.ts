/**
 * What does a source file import? Read off its import lines: the room map, the package borders and
 * the choice of tests for the browser all rest on this list. Our style keeps it simple: an import
 * or export statement starts at the beginning of a line, a comment line starts with `*`, `/*` or
 * `//`.
 */

import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const IMPORTS = [
  /^(?:import|export)\s+(?:type\s+)?(?:[\w$]+\s*,?\s*)?(?:\*(?:\s+as\s+[\w$]+)?|\{[^}]*\})?\s*from\s*['"]([^'"]+)['"]/gm,
  /^import\s*['"]([^'"]+)['"]/gm,
  /\bimport\(\s*['"]([^'"]+)['"]/g,
  /\bnew URL\(\s*['"](\.[^'"]+)['"]\s*,\s*import\.meta\.url/g,
]

/**
 * The specifiers a module names in static, dynamic and type imports, re-exports and worker
 * addresses, in no special order.
 */
export function importedSpecifiers(source: string): string[] {
  const code = source.replace(/^\s*(?:\*|\/\*|\/\/).*$/gm, '')
  return IMPORTS.flatMap((pattern) => [...code.matchAll(pattern)].map((match) => match[1]!))
}

/**
 * The TypeScript and JavaScript files below a folder, sorted, as paths relative to it with forward
 * slashes.
 */
export function sourceFiles(folder: string, inside = ''): string[] {
  return readdirSync(join(folder, inside), { withFileTypes: true })
    .flatMap((entry) => {
      const path = inside ? `${inside}/${entry.name}` : entry.name
      if (entry.isDirectory())
        return ['node_modules', 'dist'].includes(entry.name) ? [] : sourceFiles(folder, path)
      return /\.[cm]?[jt]sx?$/.test(entry.name) ? [path] : []
    })
    .sort()
}

/** Whether a module, or one it reaches over relative imports, imports a module of Node. */
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
