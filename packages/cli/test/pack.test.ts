/**
 * Do the published packages work outside this repository? The packed library is installed in a new
 * project. It runs in plain Node, is type-checked with the settings of a consumer, and opens in a
 * real page that forbids eval. Of the command line, the contents are checked. The archives contain
 * the built files, so `npm run build` comes first (as in `npm test`).
 */

import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join, normalize } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chromiumSwitches, findChromium } from '../../../scripts/chromium.ts'

const repository = fileURLToPath(new URL('../../..', import.meta.url))
const project = mkdtempSync(join(tmpdir(), 'stridefold-pack-'))
const installed = join(project, 'node_modules', 'stridefold')

interface Packed {
  readonly filename: string
  readonly files: readonly { readonly path: string }[]
}

let packed: Packed
let packedMeasure: Packed
let packedVolumes: Packed
let packedCommand: Packed

/** [1 2 3; 4 5 6; 7 8 9] under [1 2; 3 4], by hand: 1·1 + 2·2 + 4·3 + 5·4 = 37 and so on. */
const askProgram = `const x = ndarray(Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9), [3, 3])
const k = ndarray(Float32Array.of(1, 2, 3, 4), [2, 2])
const x4 = ndarray(x.data, [1, 1, 3, 3])
const k4 = ndarray(k.data, [1, 1, 2, 2])`
const expected = [37, 47, 67, 77]

const asyncProgram = `import { conv2d, correlate, ndarray, toNested } from 'stridefold'
${askProgram}
const y = await correlate(x, k, { mode: 'valid' })
const answers = [toNested(y).flat(), toNested(await conv2d(x4, k4)).flat(3)]`

const syncProgram = `import { conv2d, correlate, ndarray, toNested } from 'stridefold/sync'
${askProgram}
const y = correlate(x, k, { mode: 'valid' })
const answers = [toNested(y).flat(), toNested(conv2d(x4, k4)).flat(3)]`

function npm(cwd: string, ...args: string[]): string {
  return execFileSync(
    'npm',
    [...args, '--offline', '--no-audit', '--no-fund', '--loglevel=error'],
    {
      cwd,
      encoding: 'utf8',
      shell: process.platform === 'win32',
    },
  )
}

beforeAll(() => {
  if (!existsSync(join(repository, 'packages/stridefold/dist/index.js'))) {
    throw new Error(
      "packages/stridefold/dist/index.js is missing: run 'npm run build' first, or all tests " +
        "with 'npm test'.",
    )
  }
  const library = join(repository, 'packages/stridefold')
  const pack = (folder: string): Packed =>
    JSON.parse(npm(folder, 'pack', '--json', '--ignore-scripts', '--pack-destination', project))[0]
  packed = pack(library)
  packedMeasure = pack(join(repository, 'packages/measure'))
  packedVolumes = pack(join(repository, 'packages/volumes'))
  packedCommand = pack(join(repository, 'packages/cli'))
  writeFileSync(
    join(project, 'package.json'),
    JSON.stringify({ name: 'fresh', version: '1.0.0', type: 'module', private: true }),
  )
  npm(project, 'install', join(project, packed.filename))
}, 120_000)

afterAll(() => rmSync(project, { recursive: true, force: true }))

describe('the archive', () => {
  test('is an ES module package without dependencies or install scripts', () => {
    const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'))
    expect(manifest.type).toBe('module')
    for (const field of [
      'dependencies',
      'peerDependencies',
      'optionalDependencies',
      'bundleDependencies',
    ]) {
      expect(manifest).not.toHaveProperty(field)
    }
    for (const script of ['preinstall', 'install', 'postinstall', 'prepare'])
      expect(manifest.scripts ?? {}).not.toHaveProperty(script)
  })

  test('has only built modules, their types and sources, the licence and the readme', () => {
    const files = packed.files.map((file) => file.path)
    expect(files).toEqual(
      expect.arrayContaining([
        'package.json',
        'README.md',
        'LICENSE',
        'dist/index.js',
        'dist/index.d.ts',
      ]),
    )
    const known = [
      /^dist\/.*\.(js|d\.ts)$/,
      /^dist\/modules\/.*\.js\.map$/,
      /^src\/.*\.ts$/,
      /^((dist\/cjs|sync|verify|npy|boxes|audio-worklet)\/)?package\.json$/,
      /^(README\.md|LICENSE)$/,
    ]
    expect(files.filter((file) => !known.some((pattern) => pattern.test(file)))).toEqual([])
    const isModule = (file: string): boolean => file.startsWith('dist/modules/')
    expect(files).toEqual(expect.arrayContaining(['dist/modules/index.js']))
    expect(files.filter((file) => file.endsWith('.js') && !isModule(file)).toSorted()).toEqual([
      'dist/audio-worklet.js',
      'dist/boxes.js',
      ...['boxes', 'index', 'npy', 'shared', 'sync', 'verify'].map((name) => `dist/cjs/${name}.js`),
      'dist/index.js',
      'dist/npy.js',
      'dist/shared.js',
      'dist/sync.js',
      'dist/verify.js',
      'dist/worker.js',
    ])
  })

  test.each(['dist/shared.js', 'dist/cjs/shared.js'])(
    '%s marks the functions of a first call, and is read with one byte a character',
    (file) => {
      const code = readFileSync(join(installed, file), 'utf8')
      expect(code).toContain('var foundPlan = (function foundPlan(')
      expect(code).toMatch(/^(async )?function convBiasGradient/m)
      expect([...code].every((character) => character < '\x80')).toBe(true)
    },
  )

  test('has source maps for bundlers, of sources that are in it', () => {
    const maps = packed.files.map(({ path }) => path).filter((path) => path.endsWith('.map'))
    expect(maps.length).toBeGreaterThan(100)
    for (const path of maps) {
      const { sources } = JSON.parse(readFileSync(join(installed, path), 'utf8'))
      for (const source of sources)
        expect(existsSync(join(installed, path, '..', source)), `${path}: ${source}`).toBe(true)
    }
  })

  test('has its entry points with their types', () => {
    const { exports } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'))
    for (const entry of ['.', './sync', './verify', './npy', './boxes']) {
      const { module, import: imported, require: required } = exports[entry]
      expect(exports[entry]['module-sync']).toEqual(imported)
      for (const file of [module, ...Object.values(imported), ...Object.values(required)])
        expect(existsSync(join(installed, file as string)), `${entry} ${file}`).toBe(true)
    }
  })
})

describe('all archives', () => {
  const archives = () =>
    [
      ['packages/stridefold', packed],
      ['packages/measure', packedMeasure],
      ['packages/volumes', packedVolumes],
      ['packages/cli', packedCommand],
    ] as const

  test('hold every file that their manifests name', () => {
    for (const [folder, { files }] of archives()) {
      const { main, types, bin, exports } = JSON.parse(
        readFileSync(join(repository, folder, 'package.json'), 'utf8'),
      )
      const named = pathsIn([main, types, bin, exports])
      expect(named.length).toBeGreaterThan(2)
      const held = files.map((file) => file.path)
      for (const path of named) expect(held, `${folder} ${path}`).toContain(path)
    }
  })

  // Only our own tools use our sources: Node does not strip types below node_modules.
  test('export their sources under a condition that no other package uses', () => {
    for (const [folder] of archives()) {
      const { exports } = JSON.parse(readFileSync(join(repository, folder, 'package.json'), 'utf8'))
      const conditions = [...new Set(conditionsIn(exports))]
      // 'module' is what bundlers read, 'require' what Jest does, see rolldown.config.js.
      const known = ['@stridefold/source', 'types', 'default', 'module', 'module-sync']
      expect([...known, 'import', 'require']).toEqual(expect.arrayContaining(conditions))
      expect(conditions).toEqual(expect.arrayContaining(known.slice(0, 3)))
    }
  })

  // Node prints the source line of an uncaught error. The page of the lab, and the modules for
  // bundlers, do not run there.
  test('have no long line of JavaScript', () => {
    for (const [folder, { files }] of archives()) {
      const modules = files
        .map((file) => file.path)
        .filter((path) => path.endsWith('.js') && !/^dist\/(lab|modules)\//.test(path))
      expect(modules.length).toBeGreaterThan(2)
      for (const path of modules) {
        const lines = readFileSync(join(repository, folder, path), 'utf8').split('\n')
        expect(
          Math.max(...lines.map((line) => line.length)),
          `${folder}/${path}`,
        ).toBeLessThanOrEqual(500)
      }
    }
  })
})

/** Every key in nested records that is not a path. */
const conditionsIn = (value: unknown): string[] =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, entry]) => [
        ...(key.startsWith('.') ? [] : [key]),
        ...conditionsIn(entry),
      ])
    : []

/** Every string in nested records, without './' in front. */
function pathsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value.replace(/^\.\//, '')]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(pathsIn) : []
}

test('the command depends on packages of this version, which have all that it runs', () => {
  const read = (folder: string) =>
    JSON.parse(readFileSync(join(repository, folder, 'package.json'), 'utf8'))
  const { version } = read('packages/measure')
  expect(read('packages/cli').dependencies).toMatchObject({
    '@stridefold/measure': version,
    '@stridefold/volumes': read('packages/volumes').version,
  })
  expect(packedMeasure.files.map(({ path }) => path)).toContain('assets/rivals.py')
})

describe('a new project', () => {
  test.each([
    ["'stridefold' as promises", asyncProgram],
    ["'stridefold/sync' at once", syncProgram],
  ])('runs %s in plain Node', (_, program) => {
    writeFileSync(join(project, 'run.js'), `${program}\nconsole.log(JSON.stringify(answers))\n`)
    expect(
      JSON.parse(execFileSync(process.execPath, ['run.js'], { cwd: project, encoding: 'utf8' })),
    ).toEqual([expected, expected])
  })

  const syncRequired = syncProgram.replace(/import (.*) from (.*)/, 'const $1 = require($2)')

  // Jest and others resolve 'require' themselves. Node does so with this flag.
  test.each([
    ['as ES modules', []],
    ['as CommonJS, where require reads no ES modules', ['--no-experimental-require-module']],
  ] as const)('can be required %s', (_, flags) => {
    writeFileSync(
      join(project, 'run.cjs'),
      `${syncRequired}\nconsole.log(JSON.stringify([answers, require.resolve('stridefold')]))\n`,
    )
    const [answers, file] = JSON.parse(
      execFileSync(process.execPath, [...flags, 'run.cjs'], { cwd: project, encoding: 'utf8' }),
    )
    expect(answers).toEqual([expected, expected])
    expect(file.endsWith(flags.length > 0 ? 'dist/cjs/index.js' : 'dist/index.js')).toBe(true)
  })

  test('a CommonJS process shares work among threads', () => {
    writeFileSync(
      join(project, 'threads.cjs'),
      `const { correlate, zeros } = require('stridefold')
const x = zeros([1500, 1500])
x.data.fill(1)
correlate(x, zeros([15, 15]), { threads: 2 }).then((y) => console.log(y.shape.join()))
`,
    )
    const flags = ['--no-experimental-require-module', 'threads.cjs']
    const printed = execFileSync(process.execPath, flags, { cwd: project, encoding: 'utf8' })
    expect(printed.trim()).toBe('1500,1500')
  })

  test('whoever imports and requires it has one runtime', () => {
    writeFileSync(
      join(project, 'both.mjs'),
      `import { createRequire } from 'node:module'
import * as imported from 'stridefold'
import * as sync from 'stridefold/sync'
const require = createRequire(import.meta.url)
console.log(require('stridefold').correlate === imported.correlate)
console.log(require('stridefold/sync').configure === imported.configure)
console.log(sync.configure === imported.configure)
`,
    )
    const printed = execFileSync(process.execPath, ['both.mjs'], {
      cwd: project,
      encoding: 'utf8',
    })
    expect(printed.trim().split('\n')).toEqual(['true', 'true', 'true'])
  })

  test("supports memory: 'backend', which the entry points set up when they are loaded", () => {
    writeFileSync(
      join(project, 'memory.js'),
      "import { zeros } from 'stridefold'\nconsole.log(zeros([4], 'float32', { memory: " +
        "'backend' }).data.length)\n",
    )
    expect(
      execFileSync(process.execPath, ['memory.js'], { cwd: project, encoding: 'utf8' }).trim(),
    ).toBe('4')
  })

  test('shows an uncaught error in a few lines, with names that can be read', () => {
    writeFileSync(
      join(project, 'uncaught.js'),
      "import { correlate } from 'stridefold/sync'\ncorrelate([1, 2], 'no kernel')\n",
    )
    const { stderr } = spawnSync(process.execPath, ['uncaught.js'], {
      cwd: project,
      encoding: 'utf8',
    })
    expect(stderr).toMatch(/at asNdArray \(.*shared\.js/)
    expect(stderr.length).toBeLessThan(4000)
  })

  // Bundlers that do not read `exports` (Parcel by default) use these.
  test('is found without exports: by main, and by the folders of the other entries', () => {
    const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'))
    for (const [field, condition] of [
      ['main', 'default'],
      ['types', 'types'],
    ] as const) {
      expect(manifest[field]).toBe(manifest.exports['.'].import[condition])
      for (const folder of ['sync', 'verify', 'npy', 'boxes']) {
        const other = JSON.parse(readFileSync(join(installed, folder, 'package.json'), 'utf8'))
        const { import: imported } = manifest.exports[`./${folder}`]
        expect(join(folder, other[field])).toBe(join(imported[condition]))
      }
    }
  })

  test("runs the readme's example and prints what its comments say", () => {
    const readme = readFileSync(join(installed, 'README.md'), 'utf8')
    const example = /```ts\n([\s\S]*?)```/.exec(readme)![1]!
    writeFileSync(join(project, 'readme.js'), example)
    const printed = execFileSync(process.execPath, ['readme.js'], {
      cwd: project,
      encoding: 'utf8',
    }).replace(/\s/g, '')
    const said = [...example.matchAll(/\/\/ (.*)$/gm)].map((match) => match[1]!.replace(/\s/g, ''))
    expect(said.length).toBeGreaterThan(0)
    for (const text of said) expect(printed).toContain(text)
  })

  test('type-checks with its own strict settings', () => {
    writeFileSync(
      join(project, 'typed.ts'),
      `import { correlate, ndarray } from 'stridefold'
import { correlate as correlateSync } from 'stridefold/sync'
const x = ndarray(Float32Array.of(1, 2, 3))
const later: Promise<{ readonly shape: readonly number[] }> = correlate(x, x)
const options = { mode: 'full', boundary: 'edge' } as const
const now: { readonly shape: readonly number[] } = correlateSync(x, x, options)
// @ts-expect-error there is no such border
correlateSync(x, x, { boundary: 'no-such-border' })
export const shapes = [now.shape, (await later).shape]
`,
    )
    const tsc = join(repository, 'node_modules', 'typescript', 'bin', 'tsc')
    const settings = [
      '--strict',
      '--noEmit',
      '--module',
      'nodenext',
      '--target',
      'es2023',
      '--skipLibCheck',
      'false',
      '--types',
      '',
    ]
    const run = () =>
      execFileSync(process.execPath, [tsc, ...settings, 'typed.ts'], {
        cwd: project,
        encoding: 'utf8',
      })
    expect(outputOf(run)).toBe('')
  })
})

test.each(['typescript', 'typescript-5.4'])('%s reads the types of require', (compiler) => {
  writeFileSync(
    join(project, 'required.cts'),
    `import { correlate, ndarray } from 'stridefold'
import sync = require('stridefold/sync')
import { planBoxes } from 'stridefold/boxes'
const x = ndarray(Float32Array.of(1, 2, 3))
export const later: Promise<{ readonly shape: readonly number[] }> = correlate(x, x)
export const now: { readonly shape: readonly number[] } = sync.correlate(x, x)
export const plan: typeof planBoxes = planBoxes
// @ts-expect-error there is no such border
sync.correlate(x, x, { boundary: 'no-such-border' })
`,
  )
  const tsc = join(repository, 'node_modules', compiler, 'bin', 'tsc')
  const settings = '--strict --noEmit --module node16 --target es2022 --lib es2022,dom'
  const run = () =>
    execFileSync(process.execPath, [tsc, ...settings.split(' '), 'required.cts'], {
      cwd: project,
      encoding: 'utf8',
    })
  expect(outputOf(run)).toBe('')
})

function outputOf(run: () => string): string {
  try {
    return run()
  } catch (error) {
    return String((error as { readonly stdout?: unknown }).stdout ?? error)
  }
}

describe('a page', () => {
  const mediaTypes: Readonly<Record<string, string>> = {
    '.html': 'text/html',
    '.js': 'text/javascript',
  }

  const server = createServer((request, response) => {
    const path = join(project, normalize(new URL(request.url ?? '/', 'http://localhost').pathname))
    if (!path.startsWith(project) || !existsSync(path) || !(extname(path) in mediaTypes)) {
      response.writeHead(404).end()
      return
    }
    response.writeHead(200, {
      'content-type': mediaTypes[extname(path)],
      'content-security-policy':
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; " +
        'img-src data:',
    })
    response.end(readFileSync(path))
  })

  beforeAll(() => new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve)))
  afterAll(() => new Promise<void>((resolve) => void server.close(() => resolve())))

  test('runs both entry points from the package, without bundler and eval', async () => {
    mkdirSync(join(project, 'page'), { recursive: true })
    for (const [name, program] of [
      ['promises', asyncProgram],
      ['at-once', syncProgram],
    ] as const) {
      const own = program.replace(
        /'stridefold(\/sync)?'/,
        (_, sync) => `'/node_modules/stridefold/dist/${sync ? 'sync' : 'index'}.js'`,
      )
      writeFileSync(join(project, 'page', `${name}.js`), `${own}\nexport { answers }\n`)
    }
    writeFileSync(
      join(project, 'page', 'main.js'),
      `const load = (name) => import('/page/' + name + '.js')
const answers = await Promise.all(['promises', 'at-once'].map(load))
document.title = JSON.stringify(answers.map((page) => page.answers))
`,
    )
    writeFileSync(
      join(project, 'page', 'index.html'),
      '<!doctype html><link rel="icon" href="data:,"><title></title><script type="module" ' +
        'src="/page/main.js"></script>',
    )

    const executablePath = findChromium()
    if (!executablePath) throw new Error("No Chromium or Chrome was found: 'npm test' gets one.")
    const browser = await chromium.launch({ executablePath, args: [...chromiumSwitches] })
    try {
      const page = await browser.newPage()
      const complaints: string[] = []
      page.on('pageerror', (error) => complaints.push(error.message))
      page.on(
        'console',
        (message) => void (message.type() === 'error' && complaints.push(message.text())),
      )
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/page/index.html`)
      await expect
        .poll(() => complaints.length > 0 || page.title(), { timeout: 20_000 })
        .toBeTruthy()
      expect(complaints).toEqual([])
      expect(JSON.parse(await page.title())).toEqual([
        [expected, expected],
        [expected, expected],
      ])
    } finally {
      await browser.close()
    }
  })
})
