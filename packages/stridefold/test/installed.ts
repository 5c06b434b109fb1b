/**
 * A project that uses the library as a package: the entry points are built from the source, as in
 * `npm run build`, and lie in its node_modules.
 */

import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type OutputOptions, type RolldownOptions, rolldown } from 'rolldown'

const library = fileURLToPath(new URL('..', import.meta.url))

/** Returns the files of `dist`, by name. They import each other by relative paths. */
async function builtFiles(): Promise<readonly (readonly [name: string, code: string])[]> {
  const configuration = new URL('../rolldown.config.js', import.meta.url).href
  const { default: options } = (await import(configuration)) as { default: RolldownOptions }
  const bundle = await rolldown({ ...options, cwd: library, logLevel: 'silent' })
  const { output: files } = await bundle.generate(options.output as OutputOptions)
  return files.flatMap((file) => (file.type === 'chunk' ? [[file.fileName, file.code]] : []))
}

/** Makes a project in a new folder with these files beside the package. Remove it afterwards. */
export async function makeProject(
  files: Readonly<Record<string, string>>,
): Promise<{ readonly folder: string; remove(): void }> {
  const folder = mkdtempSync(join(tmpdir(), 'stridefold-project-'))
  const installed = join(folder, 'node_modules/stridefold')
  mkdirSync(join(installed, 'dist'), { recursive: true })
  cpSync(join(library, 'package.json'), join(installed, 'package.json'))
  for (const [name, code] of await builtFiles()) writeFileSync(join(installed, 'dist', name), code)
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}
