import type { PageName } from '../page-names.ts'

/** A name for the menu, and what the reader finds there. */
export interface MenuEntry {
  readonly name: string
  readonly what: string
}

export interface MenuMessages {
  readonly title: string
  readonly close: string
  readonly stories: MenuEntry
  readonly open: MenuEntry
  readonly save: MenuEntry
  readonly pages: Readonly<Record<PageName, MenuEntry>>
}

export const en: MenuMessages = {
  title: 'More to see',
  close: 'Close',
  stories: {
    name: 'Stories',
    what: 'Two articles step by step, with their own numbers and their mistakes. Or your own.',
  },
  pages: {
    stack: {
      name: 'Channels',
      what: 'Several channels and filters, groups and depthwise, as planes that can be turned',
    },
    adding: {
      name: 'Adding up',
      what: 'What every sample sends into the output; transposed layers and their checkerboard',
    },
    winograd: {
      name: 'Winograd',
      what: 'One tile step by step: fewer multiplications, and what they cost in exactness',
    },
    fft: {
      name: 'FFT',
      what: 'A convolution as a product of spectra: two dice, polynomials, long multiplication',
    },
    race: {
      name: 'Race',
      what: 'Every algorithm timed on this device, beside the articles’ figures.',
    },
    detective: {
      name: 'Detective',
      what: 'Paste input, kernel and the output that you got: it finds the flip, the padding, the layout.',
    },
    network: {
      name: 'Network',
      what: 'Draw a shape: the maps of each layer, the answer, and what would change it',
    },
  },
  open: {
    name: 'Open',
    what: 'A matrix, a .npy or CSV file, or a call such as nn.Conv2d(…). Key O, or paste.',
  },
  save: {
    name: 'Save or copy',
    what: 'SVG, PNG, GIF, CSV, .npy, code for eleven systems, a frame for a page. Key E.',
  },
}
