import { readFileSync } from 'node:fs'

const workerSource = new URL('src/backends/wasm/threads/worker-source.ts', import.meta.url)

/**
 * All entry points over one shared module: a page or a process opens two files instead of a hundred
 * (importing takes a third of the time).
 *
 * Not minified: names, lines and the names of the source files stay, so that a stack trace and an
 * uncaught error can be read without a source map. The documentation is in the declarations; in the
 * code it would be a quarter of what every process reads. Nothing is dropped: the entry points hand
 * the backend's memory to the arrays when they are loaded, and no name uses that.
 */
export default {
  input: {
    index: 'src/index.ts',
    sync: 'src/sync.ts',
    verify: 'src/verify.ts',
    npy: 'src/npy.ts',
  },
  platform: 'neutral',
  treeshake: false,
  output: {
    dir: 'dist',
    format: 'esm',
    chunkFileNames: 'shared.js',
    minify: false,
    minifyInternalExports: false,
    comments: { jsdoc: false },
    // One chunk, although 'verify' and 'npy' need a tenth of it: the others then open no third file.
    codeSplitting: { groups: [{ name: 'shared', test: /src/ }] },
  },
  plugins: [
    {
      name: 'short-lines',
      renderChunk: (code) => code.replace(/^(?:im|ex)port \{.*\}.*$/gm, oneNameALine),
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
 * Node prints the whole line where an uncaught error came from: a list of all names would fill the
 * terminal.
 */
function oneNameALine(statement) {
  return statement.replace(
    /\{ ?(.*?),? ?\}/,
    (_, names) => `{\n\t${names.split(', ').join(',\n\t')}\n}`,
  )
}
