/** The pages of the menu "More". Each is loaded when it is opened. */

import type { ComponentType } from 'preact'
import type { PageName } from './page-names.ts'

export const pages: Readonly<Record<PageName, () => Promise<ComponentType>>> = {
  race: async () => (await import('../race/race-page.tsx')).RacePage,
  stack: async () => (await import('../stack/stack-page.tsx')).StackPage,
  winograd: async () => (await import('../winograd/winograd-page.tsx')).WinogradPage,
  fft: async () => (await import('../fft/fft-page.tsx')).FftPage,
  adding: async () => (await import('../adding/adding-page.tsx')).AddingPage,
  detective: async () => (await import('../detective/detective-page.tsx')).DetectivePage,
  network: async () => (await import('../network/network-page.tsx')).NetworkPage,
}
