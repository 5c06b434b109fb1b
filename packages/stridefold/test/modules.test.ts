/**
 * Which module may import which? The table below holds section "Modules" of docs/architecture.md as
 * data. The tests compare it with the import lines of the library and of the other packages. A file
 * belongs to the module with the longest matching folder or file name. A file without a module
 * fails too, so the table cannot fall behind the tree.
 */

import { existsSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { importedSpecifiers, sourceFiles } from '../../../scripts/imports.ts'

const mayImport: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  ndarray: ['errors'],
  geometry: ['ndarray', 'errors'],
  reference: ['ndarray', 'geometry', 'errors'],
  program: ['ndarray', 'errors'],
  problem: ['ndarray', 'geometry', 'errors'],
  algorithms: ['ndarray', 'geometry', 'program'],
  'backends/js': ['ndarray', 'program', 'errors'],
  'backends/wasm/assembler': [],
  'backends/wasm/schedule': ['ndarray', 'program', 'errors'],
  'backends/wasm/emit': ['ndarray', 'program', 'backends/wasm/assembler', 'backends/wasm/schedule'],
  'backends/wasm': [
    'ndarray',
    'program',
    'errors',
    'backends/wasm/assembler',
    'backends/wasm/schedule',
    'backends/wasm/emit',
  ],
  'backends/webgpu/shaders': ['ndarray', 'program'],
  'backends/webgpu': ['ndarray', 'program', 'errors', 'backends/webgpu/shaders'],
  'backends/list': ['program', 'backends/js', 'backends/wasm', 'backends/webgpu'],
  explain: ['ndarray', 'geometry'],
  kernels: ['ndarray', 'geometry', 'errors'],
  // The runtime hands it the backends: their descriptions are a type of the room program.
  planner: ['ndarray', 'geometry', 'problem', 'algorithms', 'program', 'errors'],
  runtime: [
    'ndarray',
    'geometry',
    'problem',
    'program',
    'kernels',
    'planner',
    'reference',
    'backends/list',
    'backends/wasm',
    'backends/webgpu',
    'errors',
  ],
  // Calls in which samples may be missing: what an entry point may import.
  missing: ['ndarray', 'geometry', 'runtime', 'errors'],
  convolve: ['ndarray', 'geometry', 'missing', 'runtime'],
  layers: ['ndarray', 'geometry', 'runtime'],
  gradients: ['ndarray', 'geometry', 'problem', 'runtime', 'errors'],
  // Filters with names: what an entry point may import, and nothing below imports them.
  filters: ['ndarray', 'geometry', 'missing', 'runtime', 'errors'],
  matrices: ['ndarray', 'geometry', 'explain', 'problem', 'errors'],
  // A stream holds memory and programs itself, as a plan does. It never plans.
  streams: ['ndarray', 'program', 'backends/wasm', 'errors'],
  'backend-memory': ['ndarray', 'backends/wasm'],
  common: [
    'ndarray',
    'geometry',
    'explain',
    'kernels',
    'planner',
    'runtime',
    'matrices',
    'filters',
    'streams',
    'backend-memory',
    'errors',
  ],
  'compute-later': ['ndarray', 'geometry', 'runtime'],
  asynchronous: [
    ...['ndarray', 'geometry', 'missing', 'runtime', 'gradients', 'filters', 'compute-later'],
  ],
  index: [
    ...['common', 'asynchronous', 'convolve', 'layers', 'gradients', 'filters'],
    'backends/webgpu',
  ],
  sync: ['common', 'convolve', 'layers', 'gradients', 'filters'],
  verify: ['reference'],
  npy: ['ndarray', 'errors'],
  // Boxes of arrays that lie elsewhere: they plan and run as a plan does.
  boxes: [
    'ndarray',
    'geometry',
    'problem',
    'program',
    'planner',
    'runtime',
    'backend-memory',
    'errors',
  ],
  'audio-worklet': ['streams', 'ndarray'],
}

/**
 * Maps each file (a path below src, without its ending) to its imports, in the same notation. A
 * package keeps its name.
 */
type Graph = ReadonlyMap<string, readonly string[]>

const repository = fileURLToPath(new URL('../../..', import.meta.url))
const modules = Object.keys(mayImport).sort((a, b) => b.length - a.length)

const moduleOf = (file: string): string | undefined =>
  modules.find((module) => file === module || file.startsWith(`${module}/`))

function graphOf(folder: string): Graph {
  return new Map(
    sourceFiles(folder).map((file) => [
      file.replace(/\.tsx?$/, ''),
      importedSpecifiers(readFileSync(join(folder, file), 'utf8')).map((specifier) =>
        specifier.startsWith('.')
          ? posix.join(posix.dirname(file), specifier).replace(/\.[jt]sx?$/, '')
          : specifier,
      ),
    ]),
  )
}

function forbidden(graph: Graph): string[] {
  return [...graph].flatMap(([file, imports]) => {
    const module = moduleOf(file)
    if (module === undefined) return [`${file} belongs to no module of the table`]
    return imports
      .filter(
        (target) =>
          moduleOf(target) !== module && !mayImport[module]!.includes(moduleOf(target) ?? ''),
      )
      .map(
        (target) =>
          `${file} imports ${target}: ${module} may import ` +
          `${mayImport[module]!.join(', ') || 'nothing'}`,
      )
  })
}

function moduleGraph(graph: Graph): Graph {
  const edges = new Map<string, string[]>()
  for (const [file, imports] of graph) {
    const module = moduleOf(file) ?? file
    const targets = imports
      .map((target) => moduleOf(target) ?? target)
      .filter((target) => target !== module)
    edges.set(module, [...(edges.get(module) ?? []), ...targets])
  }
  return edges
}

/**
 * Returns a cycle of the graph as the path around it, or undefined. Searches depth first. A node
 * whose search has ended is part of no cycle.
 */
function cycle(graph: Graph): string | undefined {
  const done = new Set<string>()
  const search = (node: string, path: readonly string[]): string | undefined => {
    if (path.includes(node)) return [...path.slice(path.indexOf(node)), node].join(' → ')
    if (done.has(node)) return undefined
    for (const target of graph.get(node) ?? []) {
      const around = search(target, [...path, node])
      if (around) return around
    }
    done.add(node)
    return undefined
  }
  for (const node of graph.keys()) {
    const path = search(node, [])
    if (path) return path
  }
  return undefined
}

describe('the library', () => {
  const graph = graphOf(join(repository, 'packages/stridefold/src'))

  test('every import is allowed by the table', () => {
    expect(graph.size).toBeGreaterThan(5)
    expect(forbidden(graph)).toEqual([])
  })

  test('neither the modules nor the files form a cycle', () => {
    expect(cycle(moduleGraph(graph))).toBeUndefined()
    expect(cycle(graph)).toBeUndefined()
  })

  test('no file imports Node or a package, so the library runs in a browser unchanged', () => {
    const outside = [...graph].flatMap(([file, imports]) =>
      imports.filter((target) => !graph.has(target)).map((target) => `${file} imports ${target}`),
    )
    expect(outside).toEqual([])
  })
})

const packageFolders = [
  'packages/stridefold',
  'packages/measure',
  'packages/volumes',
  'packages/cli',
  'bench',
  'examples',
  'lab',
].filter((folder) => existsSync(join(repository, folder)))

/** The entry points that each package may import, besides those of the library. */
const measuring = [
  '@stridefold/measure',
  '@stridefold/measure/rivals',
  '@stridefold/measure/suites',
  '@stridefold/measure/browser',
  '@stridefold/measure/articles',
]
const otherPackages: Readonly<Record<string, readonly string[]>> = {
  // Tests import their own package by its name.
  'packages/measure': measuring,
  'packages/volumes': ['@stridefold/volumes'],
  'packages/cli': [...measuring, '@stridefold/volumes'],
  bench: [...measuring, '@stridefold/cli/progress', '@stridefold/volumes'],
  examples: ['@stridefold/volumes'],
  // Pages get only what needs no Node.
  lab: ['@stridefold/measure/browser', '@stridefold/measure/articles', '@stridefold/cli/translate'],
}

/** Files of another package that a package may import. */
const sharedFiles: Readonly<Record<string, readonly string[]>> = {
  // The lab draws the shapes on which the example trains.
  lab: ['examples/shapes/draw'],
}

describe.each(packageFolders.slice(1))('%s', (folder) => {
  test(
    "imports the library as 'stridefold', 'stridefold/sync', 'stridefold/verify', " +
      "'stridefold/npy', 'stridefold/boxes' or 'stridefold/audio-worklet', other " +
      'packages through their entry points, and no files of another package',
    () => {
      const offences = [...graphOf(join(repository, folder))].flatMap(([file, imports]) =>
        imports
          .filter((target) => isForeignTo(folder, target))
          .map((target) => `${folder}/${file} imports ${target}`),
      )
      expect(offences).toEqual([])
    },
  )

  test('no files form a cycle', () => {
    const graph = graphOf(join(repository, folder))
    expect(graph.size).toBeGreaterThan(1)
    expect(cycle(graph)).toBeUndefined()
  })
})

/**
 * Whether a target (below the folder, or with `..` out of it) is a file of another package, or an
 * internal file of the library or of the command line.
 */
function isForeignTo(folder: string, target: string): boolean {
  if (target.startsWith('stridefold/')) {
    // Bundlers give the address of a module for '?url'.
    const entry = target.slice('stridefold/'.length).replace(/\?url$/, '')
    return !['sync', 'verify', 'npy', 'boxes', 'audio-worklet'].includes(entry)
  }
  if (target.startsWith('@stridefold/')) return !otherPackages[folder]?.includes(target)
  const place = posix.join(folder, target)
  if (sharedFiles[folder]?.includes(place)) return false
  return target.startsWith('../') && packageFolders.some((other) => place.startsWith(`${other}/`))
}

describe('the check itself', () => {
  const planted = (...edges: [string, string[]][]): Graph => new Map(edges)

  test.each([
    ['an algorithm that sees a backend', 'algorithms/fft', 'backends/js/js'],
    ['a backend that sees another', 'backends/js/js', 'backends/wasm/memory'],
    [
      'the assembler that sees its own backend',
      'backends/wasm/assembler/leb',
      'backends/wasm/memory',
    ],
    [
      'a schedule that sees instructions',
      'backends/wasm/schedule/nest',
      'backends/wasm/assembler/body',
    ],
    ['a schedule that writes', 'backends/wasm/schedule/lower', 'backends/wasm/emit/program'],
    ['geometry that sees the planner', 'geometry/options', 'planner/decide'],
    ['an error that sees Node', 'errors', 'node:fs'],
  ])('finds %s', (_, file, target) => {
    expect(forbidden(planted([file, [target]]))).toHaveLength(1)
  })

  test('finds a file without a module, and accepts every import of the table', () => {
    expect(forbidden(planted(['utils/misc', []]))).toEqual([
      'utils/misc belongs to no module of the table',
    ])
    expect(
      forbidden(planted(['geometry/geometry', ['geometry/boundary', 'ndarray/ndarray', 'errors']])),
    ).toEqual([])
  })

  test('finds a package that bypasses the entry points', () => {
    expect(
      [
        'stridefold',
        'stridefold/sync',
        'stridefold/verify',
        'stridefold/npy',
        'stridefold/boxes',
        'sharp',
        '../../scripts/imports',
        'main',
      ].filter((x) => isForeignTo('packages/cli', x)),
    ).toEqual([])
    expect(isForeignTo('packages/cli', '../stridefold/src/errors')).toBe(true)
    expect(isForeignTo('bench', '../packages/stridefold/src/errors')).toBe(true)
    expect(isForeignTo('bench', 'stridefold/dist/errors.js')).toBe(true)
    expect(isForeignTo('bench', '@stridefold/measure')).toBe(false)
    expect(isForeignTo('bench', '@stridefold/measure/src/check.ts')).toBe(true)
    expect(isForeignTo('bench', '@stridefold/cli/src/run.ts')).toBe(true)
    expect(isForeignTo('packages/measure', '@stridefold/cli/progress')).toBe(true)
    expect(isForeignTo('lab', '@stridefold/measure')).toBe(true)
  })

  test('finds a cycle of files, and a cycle of modules without one', () => {
    expect(cycle(planted(['a', ['b']], ['b', ['c']], ['c', ['b']]))).toBe('b → c → b')
    const twoRooms = planted(['ndarray/a', ['program/a']], ['program/b', ['ndarray/b']])
    expect(cycle(twoRooms)).toBeUndefined()
    expect(cycle(moduleGraph(twoRooms))).toBe('ndarray → program → ndarray')
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
