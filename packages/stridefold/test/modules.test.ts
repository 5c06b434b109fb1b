/**
 * Who may import whom? The map of the rooms (who stands on whom, section 4 of the design) as data,
 * held against the import lines of the library and of the packages around it. A file's room is its
 * longest folder or file name in the table; a file that belongs to no room fails too, so that the
 * map cannot fall behind the tree.
 */

import { existsSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { importedSpecifiers, sourceFiles } from '../../../scripts/imports.ts'

const INNER = [
  'errors',
  'ndarray',
  'geometry',
  'reference',
  'program',
  'algorithms',
  'explain',
  'kernels',
]
const BACKENDS = ['backends/js', 'backends/wasm', 'backends/webgpu']
const BELOW_DOORS = [
  ...INNER,
  ...BACKENDS,
  'planner',
  'convolve',
  'layers',
  'gradients',
  'matrices',
  'backend-memory',
]

const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  'backends/wasm/assembler': [],
  ndarray: ['errors'],
  geometry: ['ndarray', 'errors'],
  reference: ['ndarray', 'geometry'],
  program: ['ndarray', 'errors'],
  algorithms: ['ndarray', 'geometry', 'program'],
  'backends/js': ['ndarray', 'program', 'errors'],
  'backends/wasm': ['ndarray', 'program', 'errors', 'backends/wasm/assembler'],
  'backends/webgpu': ['ndarray', 'program', 'errors'],
  explain: ['ndarray', 'geometry'],
  kernels: ['ndarray', 'geometry', 'errors'],
  planner: [...INNER, ...BACKENDS],
  convolve: [...INNER, ...BACKENDS, 'planner'],
  layers: [...INNER, ...BACKENDS, 'planner'],
  gradients: [...INNER, ...BACKENDS, 'planner'],
  matrices: [...INNER, 'planner'],
  'backend-memory': ['ndarray', 'backends/wasm'],
  common: BELOW_DOORS,
  index: [...BELOW_DOORS, 'common'],
  sync: [...BELOW_DOORS, 'common'],
}

/**
 * Each file (a path without its ending, below src) with what it imports, written the same way; a
 * package keeps its name.
 */
type Graph = ReadonlyMap<string, readonly string[]>

const repository = fileURLToPath(new URL('../../..', import.meta.url))
const rooms = Object.keys(MAY_IMPORT).sort((a, b) => b.length - a.length)

const roomOf = (file: string): string | undefined =>
  rooms.find((room) => file === room || file.startsWith(`${room}/`))

function graphOf(folder: string): Graph {
  return new Map(
    sourceFiles(folder).map((file) => [
      file.replace(/\.ts$/, ''),
      importedSpecifiers(readFileSync(join(folder, file), 'utf8')).map((specifier) =>
        specifier.startsWith('.')
          ? posix.join(posix.dirname(file), specifier).replace(/\.[jt]s$/, '')
          : specifier,
      ),
    ]),
  )
}

function forbidden(graph: Graph): string[] {
  return [...graph].flatMap(([file, imports]) => {
    const room = roomOf(file)
    if (room === undefined) return [`${file} is in no room of the map`]
    return imports
      .filter(
        (target) => roomOf(target) !== room && !MAY_IMPORT[room]!.includes(roomOf(target) ?? ''),
      )
      .map(
        (target) =>
          `${file} imports ${target}: ${room} may import ` +
          `${MAY_IMPORT[room]!.join(', ') || 'nothing'}`,
      )
  })
}

function roomGraph(graph: Graph): Graph {
  const edges = new Map<string, string[]>()
  for (const [file, imports] of graph) {
    const room = roomOf(file) ?? file
    const targets = imports
      .map((target) => roomOf(target) ?? target)
      .filter((target) => target !== room)
    edges.set(room, [...(edges.get(room) ?? []), ...targets])
  }
  return edges
}

/**
 * Some cycle of the graph as the path around it, or undefined. Depth first; what was left behind
 * leads to none.
 */
function cycle(graph: Graph): string | undefined {
  const done = new Set<string>()
  const search = (node: string, path: readonly string[]): string | undefined => {
    if (path.includes(node)) return [...path.slice(path.indexOf(node)), node].join(' → ')
    if (done.has(node)) return undefined
    for (const target of graph.get(node) ?? []) {
      const found = search(target, [...path, node])
      if (found) return found
    }
    done.add(node)
    return undefined
  }
  for (const node of graph.keys()) {
    const found = search(node, [])
    if (found) return found
  }
  return undefined
}

describe('the library', () => {
  const graph = graphOf(join(repository, 'packages/stridefold/src'))

  test('every import is one the map allows', () => {
    expect(graph.size).toBeGreaterThan(5)
    expect(forbidden(graph)).toEqual([])
  })

  test('the rooms form no cycle, nor do the files', () => {
    expect(cycle(roomGraph(graph))).toBeUndefined()
    expect(cycle(graph)).toBeUndefined()
  })

  test('nothing of Node and no package is imported, so it runs in a browser as it is', () => {
    const outside = [...graph].flatMap(([file, imports]) =>
      imports.filter((target) => !graph.has(target)).map((target) => `${file} imports ${target}`),
    )
    expect(outside).toEqual([])
  })
})

const PACKAGES = ['packages/stridefold', 'packages/cli', 'bench', 'examples', 'lab'].filter(
  (folder) => existsSync(join(repository, folder)),
)

describe.each(PACKAGES.slice(1))('%s', (folder) => {
  test(
    "reaches the library by 'stridefold' or 'stridefold/sync' only, measuring by its door, and " +
      "no other package's files",
    () => {
      const offences = [...graphOf(join(repository, folder))].flatMap(([file, imports]) =>
        imports
          .filter((target) => strangerTo(folder, target))
          .map((target) => `${folder}/${file} imports ${target}`),
      )
      expect(offences).toEqual([])
    },
  )
})

/**
 * Whether a target (below the folder, or with `..` out of it) is another package's file, a back
 * door of the library, or of the command line.
 */
function strangerTo(folder: string, target: string): boolean {
  if (target.startsWith('stridefold/')) return target !== 'stridefold/sync'
  // Measuring stands once, and the benchmark uses it; tests may use their own package's door.
  if (target.startsWith('@stridefold/'))
    return target !== '@stridefold/cli/measure' || !['bench', 'packages/cli'].includes(folder)
  const place = posix.join(folder, target)
  return target.startsWith('../') && PACKAGES.some((other) => place.startsWith(`${other}/`))
}

describe('the check itself', () => {
  const planted = (...edges: [string, string[]][]): Graph => new Map(edges)

  test.each([
    ['an algorithm that sees a backend', 'algorithms/fft', 'backends/js/run'],
    ['a backend that sees another', 'backends/js/run', 'backends/wasm/memory'],
    [
      'the assembler that sees its own backend',
      'backends/wasm/assembler/leb',
      'backends/wasm/memory',
    ],
    ['geometry that sees the planner', 'geometry/options', 'planner/plan'],
    ['an error that sees Node', 'errors', 'node:fs'],
  ])('finds %s', (_, file, target) => {
    expect(forbidden(planted([file, [target]]))).toHaveLength(1)
  })

  test('finds a file in no room, and lets a room read itself and what it may', () => {
    expect(forbidden(planted(['utils/misc', []]))).toEqual(['utils/misc is in no room of the map'])
    expect(
      forbidden(planted(['geometry/geometry', ['geometry/boundary', 'ndarray/ndarray', 'errors']])),
    ).toEqual([])
  })

  test('finds a package that goes around the doors', () => {
    expect(
      ['stridefold', 'stridefold/sync', 'sharp', '../../scripts/imports', 'main'].filter((x) =>
        strangerTo('packages/cli', x),
      ),
    ).toEqual([])
    expect(strangerTo('packages/cli', '../stridefold/src/errors')).toBe(true)
    expect(strangerTo('bench', '../packages/stridefold/src/errors')).toBe(true)
    expect(strangerTo('bench', 'stridefold/dist/errors.js')).toBe(true)
    expect(strangerTo('bench', '@stridefold/cli/measure')).toBe(false)
    expect(strangerTo('bench', '@stridefold/cli/src/run.ts')).toBe(true)
    expect(strangerTo('lab', '@stridefold/cli/measure')).toBe(true)
  })

  test('finds a cycle of files, and one of rooms that is none of files', () => {
    expect(cycle(planted(['a', ['b']], ['b', ['c']], ['c', ['b']]))).toBe('b → c → b')
    const twoRooms = planted(['ndarray/a', ['program/a']], ['program/b', ['ndarray/b']])
    expect(cycle(twoRooms)).toBeUndefined()
    expect(cycle(roomGraph(twoRooms))).toBe('ndarray → program → ndarray')
  })

  test('reads every form of import, over several lines too, and no example in a comment', () => {
    const source = [
      "import type { A } from './a.ts'",
      "import b, { c } from './b.ts'",
      'export {',
      '  d,',
      "} from './d.ts'",
      "export * as e from './e.ts'",
      "import './f.ts'",
      "const g = await import('./g.ts')",
      "new Worker(new URL('./h.js', import.meta.url))",
      '/**',
      " * import { convolve } from 'stridefold'",
      ' */',
      "// import { x } from 'x'",
    ]
    expect(importedSpecifiers(source.join('\n')).sort()).toEqual(
      ['./a.ts', './b.ts', './d.ts', './e.ts', './f.ts', './g.ts', './h.js'].sort(),
    )
  })
})
