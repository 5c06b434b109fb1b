import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { withEagerFunctions } from './eager.js'

const workerSource = new URL('src/backends/wasm/threads/worker-source.ts', import.meta.url)

const input = {
  index: 'src/index.ts',
  sync: 'src/sync.ts',
  verify: 'src/verify.ts',
  npy: 'src/npy.ts',
  boxes: 'src/boxes.ts',
}

/**
 * Node prints the whole line where an uncaught error came from: a list of all names would fill the
 * terminal.
 */
const shortLines = {
  name: 'short-lines',
  writeBundle: ({ dir }, files) =>
    rewrite(dir, Object.keys(files), (code) =>
      code.replace(/^(?:im|ex)port \{.*\}.*$/gm, (statement) =>
        statement.replace(
          /\{ ?(.*?),? ?\}/,
          (_, names) => `{\n\t${names.split(', ').join(',\n\t')}\n}`,
        ),
      ),
    ),
}

/** Whether a module belongs to the chunk that every entry point loads. */
const isShared = (path) =>
  !path.includes('/src/boxes') &&
  !path.endsWith('/src/index.ts') &&
  (!path.includes('/backends/webgpu/') ||
    /webgpu\/(?:webgpu|device\/open|shaders\/limits)\.ts$/.test(path))

/** CommonJS modules of a package whose files are ES modules, with types that say the same. */
const commonJs = {
  name: 'common-js',
  generateBundle() {
    const source = `${JSON.stringify({ type: 'commonjs' })}\n`
    this.emitFile({ type: 'asset', fileName: 'package.json', source })
  },
  writeBundle({ dir }) {
    const others = join(dir, '..')
    const types = readdirSync(others, { recursive: true }).filter((file) => file.endsWith('.d.ts'))
    for (const file of types.filter((file) => !file.startsWith('cjs')))
      cpSync(join(others, file), join(dir, file))
  },
}

/**
 * For Node, and for pages without a bundler: all entry points over one shared module. A page or a
 * process opens two files instead of a hundred (importing takes a third of the time).
 *
 * Made for the first call of a process, which is mostly the engine reading and compiling
 * (decision 25). No comments, short local names, and ASCII only, because engines keep any other
 * text with two bytes a character. Functions that a first call runs are marked for the engine
 * (eager.js). Lines and the names of functions stay, so that a stack trace and an uncaught error
 * can be read without a source map.
 *
 * Nothing is dropped: the entry points hand the backend's memory to the arrays when they are
 * loaded, and no name uses that.
 */
const forEngines = {
  input,
  platform: 'neutral',
  treeshake: false,
  output: {
    dir: 'dist',
    format: 'esm',
    chunkFileNames: ({ name }) => (name === 'shared' ? 'shared.js' : 'webgpu.js'),
    minify: {
      compress: false,
      mangle: { toplevel: false, keepNames: true },
      codegen: { removeWhitespace: false },
    },
    minifyInternalExports: false,
    comments: false,
    // One chunk, although 'verify' and 'npy' need a tenth of it: the others then open no third file.
    // Only 'boxes' has code of its own, and what a page loads when it opens a GPU.
    codeSplitting: { groups: [{ name: 'shared', test: isShared }] },
  },
  plugins: [
    shortLines,
    {
      name: 'first-call',
      writeBundle: ({ dir }) =>
        rewrite(dir, ['shared.js'], (code, file) => inAscii(withEagerFunctions(code, file))),
    },
    {
      // The script of the workers, for pages that must name its address.
      name: 'worker-file',
      generateBundle() {
        const lines = readFileSync(workerSource, 'utf8').match(/^ {2}(['"]).*\1(?=,$)/gm)
        const source = lines.map((line) => new Function(`return ${line}`)()).join('\n')
        this.emitFile({ type: 'asset', fileName: 'worker.js', source })
      },
    },
  ],
}

/**
 * For programs that call `require`, where it does not read ES modules: Jest, for example. Node reads
 * the ES modules (`module-sync` in package.json), so that a process has one runtime.
 */
const forRequire = {
  ...forEngines,
  output: { ...forEngines.output, dir: 'dist/cjs', format: 'cjs' },
  plugins: [commonJs, ...forEngines.plugins.slice(1, 2)],
}

/**
 * For bundlers: one module for each source file, as it was written, with a source map. A bundler
 * drops the modules that a page does not reach, and shortens names by itself.
 */
const forBundlers = {
  input,
  platform: 'neutral',
  // A bundler inlines constants by itself. Done here, an import without names stays behind.
  optimization: { inlineConst: false },
  output: {
    dir: 'dist/modules',
    format: 'esm',
    preserveModules: true,
    preserveModulesRoot: 'src',
    comments: { jsdoc: false },
    // They name the files in src, which are part of the package.
    sourcemap: true,
    sourcemapExcludeSources: true,
  },
}

/** For an AudioWorklet: one file without imports, because a page adds it by its address. */
const forWorklets = {
  input: { 'audio-worklet': 'src/audio-worklet.ts' },
  platform: 'neutral',
  output: {
    dir: 'dist',
    format: 'esm',
    // Lines stay, so that an error in a worklet can be read.
    minify: { compress: false, mangle: { keepNames: true }, codegen: { removeWhitespace: false } },
    comments: false,
  },
  plugins: [shortLines],
}

export default [forEngines, forRequire, forBundlers, forWorklets]

/** Changes what was written: the names in it are shortened last. */
function rewrite(folder, names, change) {
  for (const file of names.map((name) => join(folder, name)))
    writeFileSync(file, change(readFileSync(file, 'utf8'), file))
}

/** Characters beyond ASCII, all of them in texts and patterns, as escapes. */
const inAscii = (code) =>
  code.replace(
    /[^\0-\x7f]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
