/** Which dialog is open, and what a text or a file has brought. None of it is in the link. */

import { type Signal, signal } from '@preact/signals'

export type ExchangeDialog = 'open' | 'save'

export const exchange: Signal<ExchangeDialog | undefined> = signal(undefined)

/** What was pasted or dropped before the dialog was open. */
export const brought: Signal<string | File | undefined> = signal(undefined)
