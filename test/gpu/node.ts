/**
 * Opens WebGPU in Node: Dawn, the WebGPU of Chromium, from the npm package `webgpu`. Dawn looks for
 * a Vulkan driver. On Linux the tests give it SwiftShader, a driver that computes on the CPU, so
 * that they run without a GPU and everywhere alike. Each Chromium has one beside its program.
 *
 * STRIDEFOLD_GPU=system takes the driver of the machine instead.
 */

import { existsSync, realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { pathToFileURL } from 'node:url'
import { type OpenedGpu, opened } from './opened.ts'

const home = join(import.meta.dirname, 'node_modules', 'webgpu')
const driverName = 'vk_swiftshader_icd.json'

/** Returns true if `npm run gpu:node` has installed the package. */
export const isInstalled = (): boolean => existsSync(join(home, 'package.json'))

/** Opens the GPU once per process. Sets VK_DRIVER_FILES if it is not set. */
export function openGpuInNode(): Promise<OpenedGpu> {
  once ??= open()
  return once
}
let once: Promise<OpenedGpu> | undefined

async function open(): Promise<OpenedGpu> {
  if (!isInstalled())
    return { reason: "the npm package 'webgpu' is not installed. Run 'npm run gpu:node' (51 MB)." }
  const driver = await chooseDriver()
  if ('reason' in driver) return driver
  let create: (flags: string[]) => GPU
  try {
    const entry = createRequire(join(import.meta.dirname, 'package.json')).resolve('webgpu')
    create = (await import(pathToFileURL(entry).href)).create
  } catch (error) {
    return {
      reason:
        `the npm package 'webgpu' does not load on ${process.platform}-${process.arch}: ` +
        `${error instanceof Error ? error.message.split('\n')[0] : error}`,
    }
  }
  return opened(
    create([]),
    `Dawn accepts no ${driver.words}. On Linux it also needs libvulkan.so.1 (Debian: libvulkan1).`,
  )
}

async function chooseDriver(): Promise<{ readonly words: string } | { readonly reason: string }> {
  const given = process.env.VK_DRIVER_FILES
  if (given) return { words: `driver of VK_DRIVER_FILES=${given}` }
  if (process.platform !== 'linux' || process.env.STRIDEFOLD_GPU === 'system')
    return { words: 'driver of this machine' }
  const beside = (path: string): string => join(path, driverName)
  const folders = linuxFolders()
  let folder = folders.find((path) => existsSync(beside(path)))
  if (!folder) {
    // Last, because loading Playwright takes seconds.
    const { chromium } = await import('playwright')
    folders.push(dirname(chromium.executablePath()))
    folder = folders.find((path) => existsSync(beside(path)))
  }
  if (!folder)
    return {
      reason:
        `no ${driverName} was found in ${folders.join(', ')}. Every Chromium has one: install ` +
        "Chromium (Debian: 'apt-get install chromium'), or set VK_DRIVER_FILES to the driver.",
    }
  process.env.VK_DRIVER_FILES = beside(folder)
  return { words: `driver ${process.env.VK_DRIVER_FILES}` }
}

/** Where a Chromium and its drivers may be: beside the program, and where Linux installs it. */
function linuxFolders(): string[] {
  const path = process.env.CHROME_PATH
  return [
    ...(path && existsSync(path) ? [dirname(realpathSync(path))] : []),
    '/usr/lib/chromium',
    '/usr/lib/chromium-browser',
    '/usr/lib64/chromium-browser',
    '/opt/google/chrome',
  ]
}
