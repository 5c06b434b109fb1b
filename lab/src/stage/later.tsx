/** A part of the screen that is loaded when it is needed. */

import { useSignal } from '@preact/signals'
import type { ComponentType, JSX } from 'preact'
import { useEffect } from 'preact/hooks'

export interface Part {
  readonly default: ComponentType
}

export function Later({ load }: { readonly load: () => Promise<Part> }): JSX.Element | null {
  const loaded = useSignal<Part | undefined>(undefined)
  useEffect(() => {
    void load().then((module) => {
      loaded.value = module
    })
  }, [load])
  const View = loaded.value?.default
  return View ? <View /> : null
}
