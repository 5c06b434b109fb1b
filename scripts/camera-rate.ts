/**
 * Measures how many frames of a camera the picture page filters in a second: 640 × 480 pixels, a
 * kernel of 5 × 5, in a headless Chromium with its own test camera of 60 frames per second. Run
 * `npm run build -w @stridefold/lab` first, then `npm run camera`.
 *
 * The processor time of a frame is that of all processes of the browser. Unlike the rate, it says
 * something on a machine that is busy with other work too.
 */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { loadavg } from 'node:os'
import process from 'node:process'
import { chromium } from 'playwright'
import { chromiumSwitches, findChromium } from './chromium.ts'

const kernels = {
  'gaussian 5×5': 'gaussian:sigma=1,size=5',
  '5×5 without structure': '5x5:1,-2,3,0,1,2,0,-1,1,3,-2,1,4,1,-3,0,2,-1,1,2,1,0,-2,3,1',
}
const warmUpMs = 4000
const seconds = 8

const server = spawn(
  process.execPath,
  [
    '--conditions=@stridefold/source',
    '--import',
    'tsx',
    'packages/cli/src/main.ts',
    'lab',
    '--json',
  ],
  { stdio: ['ignore', 'pipe', 'inherit'] },
)
const [line] = await once(server.stdout, 'data')
const { address } = JSON.parse(String(line)) as { address: string }
const executablePath = findChromium()
if (!executablePath) throw new Error('No Chromium was found. Set CHROME_PATH to one.')
const browser = await chromium.launch({
  executablePath,
  args: [
    ...chromiumSwitches,
    '--use-fake-device-for-media-stream=fps=60',
    '--use-fake-ui-for-media-stream',
  ],
})
const system = await browser.newBrowserCDPSession()
/** Seconds of processor time that the browser has used so far. */
async function processorTime(): Promise<number> {
  const { processInfo } = await system.send('SystemInfo.getProcessInfo')
  return processInfo.reduce((sum, { cpuTime }) => sum + cpuTime, 0)
}
for (const [name, kernel] of Object.entries(kernels)) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
  await page.goto(`${address}#v1&photo=k:${kernel}`)
  await page.locator('.picture-figure[aria-busy="false"]').waitFor()
  await page.locator('#camera').click()
  await page.locator('[data-rate]').waitFor()
  await page.waitForTimeout(warmUpMs)
  const rates: number[] = []
  const before = await processorTime()
  for (let second = 0; second < seconds; second++) {
    rates.push(Number(await page.locator('[data-rate]').getAttribute('data-rate')))
    await page.waitForTimeout(1000)
  }
  const used = (await processorTime()) - before
  const frames = rates.reduce((sum, rate) => sum + rate, 0)
  const each = ((1000 * used) / frames).toFixed(0)
  const sorted = rates.toSorted((a, b) => a - b)
  console.log(
    `${name}: median ${sorted[seconds >> 1]} frames/s, from ${sorted[0]} to ${sorted.at(-1)} ` +
      `(load ${loadavg()[0]!.toFixed(1)}); ${each} ms of processor time ` +
      `a frame; ${await page.locator('.time').textContent()}`,
  )
  await page.close()
}
await browser.close()
server.kill('SIGINT')
