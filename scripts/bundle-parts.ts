/**
 * `npm run sizes:parts [-- NAME]`: what does a page load with one call, and why? Bundles a name of
 * 'stridefold/sync' (default `correlate`), finds by the source map which file each character came
 * from, and prints for each folder: bytes, and how much smaller the gzip would be without them.
 */

import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { decode } from '@jridgewell/sourcemap-codec'
import { rolldown } from 'rolldown'

const source = fileURLToPath(new URL('../packages/stridefold/src/', import.meta.url))

interface Piece {
  /** From `src/`, or 'the bundler' for what it adds. */
  readonly file: string
  readonly text: string
}

const name = process.argv[2] ?? 'correlate'
const pieces = await piecesOf(`export { ${name} } from ${JSON.stringify(join(source, 'sync.ts'))}`)
const total = gzipSize(pieces)
console.log(`${name}: ${size(pieces)} bytes, ${total} with gzip`)
console.log('  bytes   gzip  part')
for (const part of parts()) {
  const [own, others] = [true, false].map((is) => pieces.filter(({ file }) => is === isIn(file)))
  console.log(`${pad(size(own!))}${pad(total - gzipSize(others!))}  ${part}`)
  function isIn(file: string): boolean {
    return partOf(file) === part
  }
}
const code = pieces.map(({ text }) => text).join('')
const quiet = code.replace(/(["`])(?:(?!\1)[^\\]|\\.)*\1/g, (text) =>
  / [a-z]/i.test(text) ? '""' : text,
)
const [messages, messagesPacked] = [code.length - quiet.length, total - gzipped(quiet)]
console.log(`${pad(messages)}${pad(messagesPacked)}  all messages, which lie in the parts above`)

async function piecesOf(page: string): Promise<Piece[]> {
  const bundle = await rolldown({
    input: 'page',
    plugins: [
      {
        name: 'page',
        resolveId: (id) => (id === 'page' ? id : null),
        load: (id) => (id === 'page' ? page : null),
      },
    ],
    logLevel: 'silent',
  })
  const { output } = await bundle.generate({ format: 'esm', minify: true, sourcemap: true })
  const { code, map } = output[0]
  const lines = code.replace(/\/\/# sourceMappingURL.*\n?$/, '').split('\n')
  const mappings = decode(map!.mappings)
  return lines.flatMap((line, i) => {
    const marks = [[0] as const, ...(mappings[i] ?? [])]
    return marks.map((mark, j): Piece => {
      const file = mark[1] === undefined ? undefined : map!.sources[mark[1]]!
      return {
        file: file?.split('stridefold/src/').at(-1) ?? 'the bundler',
        text: line.slice(mark[0], marks[j + 1]?.[0]),
      }
    })
  })
}

/** The folder of a file; the backends are two. */
function partOf(file: string): string {
  const folders = file.split('/').slice(0, -1)
  return folders.slice(0, folders[0] === 'backends' ? 3 : 1).join('/') || file
}

/** Largest first. */
function parts(): string[] {
  const sizes = new Map<string, number>()
  for (const { file, text } of pieces)
    sizes.set(partOf(file), (sizes.get(partOf(file)) ?? 0) + text.length)
  return [...sizes].sort(([, a], [, b]) => b - a).map(([part]) => part)
}

function size(of: readonly Piece[]): number {
  return of.reduce((sum, { text }) => sum + text.length, 0)
}

function gzipSize(of: readonly Piece[]): number {
  return gzipped(of.map(({ text }) => text).join(''))
}

function gzipped(text: string): number {
  return gzipSync(text, { level: 9 }).length
}

function pad(value: number): string {
  return String(value).padStart(7)
}
