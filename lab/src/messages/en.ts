/**
 * All texts of the page in English. The other languages have the same shape.
 */

import { cells } from './en/cells.ts'
import { frame } from './en/frame.ts'
import { marks } from './en/marks.ts'
import { memory } from './en/memory.ts'
import { signals } from './en/signals.ts'
import { windows } from './en/windows.ts'

export type Messages = typeof frame &
  typeof cells &
  typeof windows &
  typeof memory &
  typeof signals &
  typeof marks

export const en: Messages = { ...frame, ...cells, ...windows, ...memory, ...signals, ...marks }
