/**
 * `npm run sizes`: what a page loads, at most, with gzip. esbuild bundles one entry as a page would,
 * and the result is compared with its budget: the size of 2026-11-30 and 2 % more. Needs a build.
 *
 * A budget that is passed is a question, not a fault: is the new code worth it to a page that never
 * calls it? Raise the budget in the commit that answers with yes.
 */

const library = (name) => `packages/stridefold/dist/${name}.js`

/** Names of an entry in a page, by a bundler. */
const bundled = (limit, names, entry = 'sync') => ({
  name: `${names} from stridefold${entry === 'index' ? '' : `/${entry}`}`,
  path: library(`modules/${entry}`),
  import: names,
  gzip: true,
  limit,
})

/** Files as they are. */
const asIs = (limit, name, path) => ({
  name,
  path,
  disablePlugins: ['@size-limit/esbuild'],
  gzip: true,
  limit,
})

/** A package without its dependencies. */
const withoutDependencies = (limit, name, ignore, options = {}) => ({
  name: `@stridefold/${name}`,
  path: `packages/${name}/dist/index.js`,
  import: '*',
  ignore,
  modifyEsbuildConfig: (config) => ({ ...config, format: 'esm', ...options }),
  gzip: true,
  limit,
})

export default [
  bundled('159.2 kB', '{ correlate }', 'index'),
  bundled('142.0 kB', '{ correlate }'),
  bundled('134.2 kB', '{ conv2d }'),
  bundled('146.0 kB', '{ gaussianFilter }'),
  bundled('147.5 kB', '{ filterImage }'),
  bundled('50.6 kB', '{ createStream }'),
  bundled('140.8 kB', '{ plan }'),
  bundled('130.4 kB', '{ pipeline }'),
  bundled('6.1 kB', '{ ndarray }'),
  bundled('11.3 kB', '{ kernels }'),
  bundled('16.9 kB', '{ geometry }'),
  bundled('202.7 kB', '*'),
  bundled('219.6 kB', '*', 'index'),
  bundled('9.7 kB', '*', 'verify'),
  bundled('9.5 kB', '*', 'npy'),
  bundled('128.3 kB', '*', 'boxes'),
  asIs('59.5 kB', 'stridefold/audio-worklet', library('audio-worklet')),
  asIs('277.5 kB', 'stridefold without a bundler', [library('index'), library('shared')]),
  withoutDependencies('8.2 kB', 'measure', ['stridefold'], { platform: 'node' }),
  withoutDependencies('44.7 kB', 'volumes', [
    ...['stridefold', 'geotiff', 'numcodecs', 'zarrita', '@aws-sdk/client-s3'],
  ]),
  asIs('58.3 kB', 'the first screen of the lab', 'lab/dist/assets/first-*.js'),
]
