/**
 * The signals that all views read: the scene of the state, and the light of the focus that is shown.
 */

import { computed, type ReadonlySignal } from '@preact/signals'
import { part, preview, shown } from '../state/store.ts'
import { type Light, lightOf } from './light.ts'
import { type Scene, sceneOf } from './scene.ts'

const [problem, input, kernel, bias, tap] = [part('problem'), part('input'), part('kernel'), part('bias'), part('tap')]

export const scene: ReadonlySignal<Scene> = computed(() =>
  sceneOf({ problem: problem.value, input: input.value, kernel: kernel.value, bias: bias.value }),
)

export const light: ReadonlySignal<Light> = computed(() =>
  lightOf(scene.value, shown.value, preview.value ? undefined : tap.value, scene.value),
)
