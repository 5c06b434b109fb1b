/**
 * Texts of the docked view of memory.
 */

import type { Language } from '../../state/state.ts'

export interface MemoryText {
  readonly title: string
  readonly runs: (runs: number, places: number, jump: number) => string
  readonly oneRun: (places: number, step: number) => string
  readonly oneLine: string
  readonly touches: (lines: number, all: number) => string
  readonly padding: (missing: number, of: number) => string
  readonly element: string
  readonly byte: string
  readonly grid: string
  readonly placesLabel: (shown: number, all: number) => string
  readonly rowOfPlaces: (y: number) => string
  readonly cell: (element: number, byte: number, row: number, column: number) => string
  readonly paddingCell: (row: number, column: number) => string
  readonly value: (text: string) => string
  readonly tap: (number: number, product: string) => string
  readonly allWindows: string
  readonly windowsInside: string
  readonly noWindowInside: string
  readonly shape: string
  readonly strides: string
  readonly offset: string
  readonly nothingCopied: string
  readonly formula: string
  readonly unpadded: string
  readonly output: string
  readonly lineLegend: string
  readonly paddingLegend: string
  readonly twoNumbers: string
}

const times = (n: number, one: string, many: string): string =>
  `${n.toLocaleString('en')} ${n === 1 ? one : many}`

const en: MemoryText = {
  title: 'Memory is one long line.',
  runs: (runs, places, jump) => {
    const parts = places === 1 ? `${runs} elements of it` : `${runs} short runs of ${places} in it`
    return `The window is ${parts}, always the same jump apart: the row stride, +${jump}.`
  },
  oneRun: (places, step) =>
    `The window is ${places === 1 ? 'one element of it' : `one run of ${places} in it`}. ` +
    `The next window starts ${step} further.`,
  oneLine: 'All of it lies in one cache line.',
  touches: (lines, all) => `It touches ${lines} of ${times(all, 'cache line', 'cache lines')}.`,
  padding: (missing, of) => `Padding has no address: ${missing} of the ${of}.`,
  element: 'element',
  byte: 'byte',
  grid: 'Memory around the window: one row for each run',
  placesLabel: (shown, all) =>
    `The same pattern at ${shown} of ${times(all, 'place', 'places')} of the window. From one ` +
    'place to the next it moves by the stride.',
  rowOfPlaces: (y) => `y = ${y}`,
  cell: (element, byte, row, column) => `Element ${element}, byte ${byte}: y ${row}, x ${column}`,
  paddingCell: (row, column) => `Padding at y ${row}, x ${column}: no address`,
  value: (text) => `sample ${text}`,
  tap: (number, product) => `product ${number}: ${product}`,
  allWindows: 'all windows',
  windowsInside: 'all without padding',
  noWindowInside: 'Every window has padding, so none is a view of this memory.',
  shape: 'shape',
  strides: 'strides',
  offset: 'offset',
  nothingCopied: '0 bytes copied',
  formula: 'element',
  unpadded: 'padding: no element',
  output: 'is output',
  lineLegend: 'a cache line of 64 bytes begins',
  paddingLegend: 'padding: no address',
  twoNumbers: 'above: element, below: byte',
}

const zh: MemoryText = {
  title: '内存是一条长线。',
  runs: (runs, places, jump) =>
    places === 1
      ? `窗口是其中 ${runs} 个元素。从一个到下一个，总是同样的一跳，即行跨距：+${jump}。`
      : `窗口是其中 ${runs} 小段，每段 ${places} 个。从一段到下一段，总是同样的一跳，即行跨距：+${jump}。`,
  oneRun: (places, step) =>
    `窗口是其中${places === 1 ? '一个元素' : `一段，共 ${places} 个`}。下一个窗口往后 ${step} 个。`,
  oneLine: '它整个位于一条缓存行中。',
  touches: (lines, all) => `它触及 ${all.toLocaleString('en')} 条缓存行中的 ${lines} 条。`,
  padding: (missing, of) => `填充没有地址：${of} 个中有 ${missing} 个。`,
  element: '元素',
  byte: '字节',
  grid: '窗口附近的内存：每段一行',
  placesLabel: (shown, all) =>
    `窗口在 ${all.toLocaleString('en')} 个位置中的 ${shown} 个上的同一图案。从一个位置到下一个，移动一个步幅。`,
  rowOfPlaces: (y) => `y = ${y}`,
  cell: (element, byte, row, column) => `元素 ${element}，字节 ${byte}：y ${row}，x ${column}`,
  paddingCell: (row, column) => `y ${row}，x ${column} 是填充：没有地址`,
  value: (text) => `样本 ${text}`,
  tap: (number, product) => `第 ${number} 个乘积：${product}`,
  allWindows: '全部窗口',
  windowsInside: '不含填充的窗口',
  noWindowInside: '每个窗口都含填充，所以没有窗口是这块内存的视图。',
  shape: '形状',
  strides: '跨距',
  offset: '偏移',
  nothingCopied: '复制 0 字节',
  formula: '元素',
  unpadded: '填充：没有元素',
  output: '是输出',
  lineLegend: '64 字节的缓存行由此开始',
  paddingLegend: '填充：没有地址',
  twoNumbers: '上：元素，下：字节',
}

export const memoryText: Readonly<Record<Language, MemoryText>> = { en, zh }
