/**
 * Finds a Chromium for the tests, or installs one. The search covers CHROME_PATH, the usual names
 * on PATH, the usual folders on macOS and Windows, and Playwright's own build. Only if it finds
 * none, a Chromium is installed.
 *
 * The headless shell is taken first: the same engine, without the processes that a window with a
 * toolbar starts. Alone, tests of pages take half the time there.
 */

import { spawnSync } from 'node:child_process'
import { accessSync, constants, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import process from 'node:process'
import { chromium } from 'playwright'

/**
 * Command line switches for a browser that only connects to this machine. `--no-sandbox` is needed
 * to start as root.
 */
export const chromiumSwitches: readonly string[] = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/**
 * Switches for the tests of the GPU. The browser computes WebGPU on SwiftShader, which it brings
 * along: slow, but without a GPU and the same everywhere. With STRIDEFOLD_GPU=system it takes the
 * adapter of the machine.
 */
export const gpuSwitches = (): readonly string[] => [
  ...chromiumSwitches.filter((name) => name !== '--disable-gpu'),
  '--enable-unsafe-webgpu',
  ...(process.env.STRIDEFOLD_GPU === 'system' ? [] : ['--use-webgpu-adapter=swiftshader']),
]

const executableNames = [
  'chromium-headless-shell',
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'chrome',
]

const installPaths: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    `${process.env.HOME}/Applications/Google Chrome.app/Contents/MacOS/Google Chrome`,
  ],
  win32: [
    process.env.PROGRAMFILES,
    process.env['PROGRAMFILES(X86)'],
    process.env.LOCALAPPDATA,
  ].flatMap((folder) =>
    folder ? [join(folder, 'Google', 'Chrome', 'Application', 'chrome.exe')] : [],
  ),
}

/**
 * Returns the path of a Chromium or Chrome on this machine, or undefined. Throws an `Error` if
 * CHROME_PATH is not an executable file.
 */
export function findChromium(): string | undefined {
  const chromePath = process.env.CHROME_PATH
  if (chromePath) {
    if (isExecutable(chromePath)) return chromePath
    throw new Error(
      `CHROME_PATH is ${chromePath}, which is not an executable file. Correct it, or unset it to ` +
        'search for a browser.',
    )
  }
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean)
  const onPath =
    process.platform === 'win32'
      ? []
      : executableNames.flatMap((name) => folders.map((folder) => join(folder, name)))
  return [...onPath, ...(installPaths[process.platform] ?? []), chromium.executablePath()].find(
    isExecutable,
  )
}

/**
 * Installs a Chromium: Debian's package if this process is root on Debian, otherwise Playwright's
 * build. Prints the commands before it runs them.
 */
export function installChromium(): string {
  const root = process.getuid?.() === 0
  const commands =
    root && isDebian()
      ? ['apt-get update', 'apt-get install -y --no-install-recommends chromium-headless-shell']
      : [`npx playwright install ${root ? '--with-deps ' : ''}chromium`]
  console.log(
    'No Chromium or Chrome was found, but some tests need one. Installing it with: ' +
      `${commands.join(' && ')}`,
  )
  for (const command of commands) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    const { status } = spawnSync(command, {
      shell: true,
      stdio: ['ignore', 'inherit', 'inherit'],
      env,
    })
    if (status !== 0)
      throw new Error(`'${command}' failed, so there is no browser to test in. ${remedy}`)
  }
  const path = findChromium()
  if (!path)
    throw new Error(
      `'${commands.at(-1)}' succeeded, but no Chromium was found afterwards. ${remedy}`,
    )
  return path
}

const remedy = 'Install Chromium or Chrome, or set CHROME_PATH to one, and run the tests again.'

function isDebian(): boolean {
  try {
    return /^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8'))
  } catch {
    return false
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
