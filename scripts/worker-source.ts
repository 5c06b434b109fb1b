/**
 * `npm run worker`: writes the source of the library's workers as one string.
 *
 * A worker is started from its source text, so no bundler has to find a file. The text is made from
 * `threads/worker.ts` and what it imports, which are checked and formatted as all other code
 * (docs/decisions/0022-threads.md). A test compares the file with what this script would write.
 */

import { writeFileSync } from 'node:fs'
import process from 'node:process'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { rolldown } from 'rolldown'

const folder = fileURLToPath(
  new URL('../packages/stridefold/src/backends/wasm/threads/', import.meta.url),
)
export const generatedFile: string = `${folder}worker-source.ts`

/** The text of the generated file. */
export async function workerSource(): Promise<string> {
  const bundle = await rolldown({ input: `${folder}worker.ts`, platform: 'neutral' })
  const { output } = await bundle.generate({
    format: 'iife',
    comments: { jsdoc: false },
    // Lines stay: an error in a worker names one.
    minify: { compress: true, mangle: true, codegen: { removeWhitespace: false } },
  })
  await bundle.close()
  const code = output[0].code.trim()
  return [
    '// Written by `npm run worker` from worker.ts. Do not edit.',
    '',
    '/** The program of a worker: a classic script without imports. */',
    'export const workerSource: string = [',
    ...code.split('\n').map((line) => `  ${quoted(line.replaceAll('\t', ' '))},`),
    "].join('\\n')",
    '',
  ].join('\n')
}

/** As a string in single quotes. It is no template, so a placeholder is written as a code. */
const quoted = (text: string): string =>
  `'${text
    .replaceAll('\\', '\\\\')
    .replaceAll("'", "\\'")
    .replaceAll('\n', '\\n')
    .replaceAll('${', '\\u0024{')}'`

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  writeFileSync(generatedFile, await workerSource())
