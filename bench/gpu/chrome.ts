/** The measurement in Chromium, where other libraries run on the same GPU. */

import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join, normalize } from 'node:path'
import process from 'node:process'
import { chromium } from 'playwright'
import { rolldown } from 'rolldown'
import { findChromium, gpuSwitches } from '../../scripts/chromium.ts'
import type { GpuMeasurement, GpuReport } from './measure.ts'

/** Where the page seems to be: WebGPU needs a secure origin. Nothing listens there. */
const origin = 'http://localhost/'
const rivals = join(import.meta.dirname, 'rivals')

export async function measureInChrome({
  report,
  ...settings
}: Omit<GpuMeasurement, 'rivals'>): Promise<GpuReport | { readonly reason: string }> {
  const executablePath = findChromium()
  if (executablePath === undefined)
    return { reason: 'No Chromium or Chrome was found. Install one, or set CHROME_PATH.' }
  const withRivals = installRivals(report)
  const script = await pageScript()
  const browser = await chromium.launch({ executablePath, args: [...gpuSwitches()] })
  try {
    const page = await browser.newPage()
    page.on('pageerror', (error) => report(`the page failed: ${error.message}`))
    await page.route(`${origin}**`, (route) => {
      const path = new URL(route.request().url()).pathname
      if (path === '/') return route.fulfill({ contentType: 'text/html', body: '<!doctype html>' })
      if (path === '/measure.js')
        return route.fulfill({ contentType: 'text/javascript', body: script })
      const file = normalize(join(rivals, 'node_modules', path))
      if (!file.startsWith(rivals) || !existsSync(file)) return route.fulfill({ status: 404 })
      const contentType = file.endsWith('.wasm') ? 'application/wasm' : 'text/javascript'
      return route.fulfill({ contentType, body: readFileSync(file) })
    })
    await page.goto(origin)
    await page.exposeFunction('reportLine', report)
    return await page.evaluate(
      async ([url, given]) => {
        const { measureInPage } = await import(/* @vite-ignore */ url)
        return measureInPage(given)
      },
      [`${origin}measure.js`, { ...settings, withRivals }] as const,
    )
  } catch (error) {
    const [reason] = (error instanceof Error ? error.message : String(error)).split('\n')
    return { reason: `The measurement in Chromium failed: ${reason}` }
  } finally {
    await browser.close()
  }
}

/** The measurement and the library as one module. */
async function pageScript(): Promise<string> {
  const bundle = await rolldown({
    input: join(import.meta.dirname, 'page.ts'),
    resolve: { conditionNames: ['@stridefold/source', 'browser', 'import', 'default'] },
    external: [/^node:/, /^\/(?:@tensorflow|onnxruntime)/],
    platform: 'browser',
  })
  const { output } = await bundle.generate({ format: 'esm', codeSplitting: false })
  await bundle.close()
  return output[0].code
}

/** Installs the other libraries on first use. Returns whether they are there. */
function installRivals(report: (line: string) => void): boolean {
  if (existsSync(join(rivals, 'node_modules'))) return true
  report('Installing TensorFlow.js and ONNX Runtime Web into bench/gpu/rivals')
  const { status } = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    ...{ cwd: rivals, stdio: 'inherit', shell: process.platform === 'win32' },
  })
  if (status !== 0) report('! They could not be installed: only stridefold is measured.')
  return status === 0
}
