/**
 * What the page keys of a presentation step instead of the window: an open story sets this. Both
 * faces read it, so it is apart from the stories, which are loaded later.
 */

import { type Signal, signal } from '@preact/signals'

export const pageKeys: Signal<((by: 1 | -1) => void) | undefined> = signal(undefined)
