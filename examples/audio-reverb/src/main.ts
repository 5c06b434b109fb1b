/** The page: what is played, in which room, and how loud that is. */

import { drawAnswer } from './answer.ts'
import { Reverb } from './reverb.ts'
import { type Room, recordedRoom, rooms, sampleRate } from './rooms.ts'
import { sounds } from './sounds.ts'
import { wavFile } from './wav.ts'

const find = <E extends Element>(selector: string): E => {
  const element = document.querySelector<E>(selector)
  if (element === null) throw new Error(`index.html has no ${selector}`)
  return element
}

const play = find<HTMLButtonElement>('#play')
const save = find<HTMLButtonElement>('#save')
const soundMenu = find<HTMLSelectElement>('#sound')
const roomMenu = find<HTMLSelectElement>('#room')
const mix = find<HTMLInputElement>('#mix')
const amount = find<HTMLOutputElement>('#amount')
const answer = find<HTMLCanvasElement>('#answer')
const level = find<HTMLMeterElement>('#level')
const status = find<HTMLElement>('#status')

/** What plays now. Browsers allow sound after a click only, so it is opened then. */
interface Playing {
  readonly context: AudioContext
  readonly reverb: Reverb
  source: AudioBufferSourceNode
}

let playing: Playing | undefined
let room: Room = rooms.hall!()
let sound: AudioBuffer = sounds.guitar!()

play.addEventListener('click', () => attempt(playing === undefined ? start : stop))
save.addEventListener('click', () => attempt(saveSound))
choose(soundMenu, find('#soundFile'), sounds, decoded, (next) => {
  sound = next
  if (playing === undefined) return
  playing.source.stop()
  playing.source = sourceOf(playing)
})
choose(
  roomMenu,
  find('#roomFile'),
  rooms,
  async (file) => recordedRoom(await decoded(file)),
  (next) => {
    room = next
    playing?.reverb.setRoom(room)
    drawAnswer(answer, room)
  },
)
mix.addEventListener('input', showMix)
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () =>
  drawAnswer(answer, room),
)
addEventListener('pagehide', () => void playing?.context.close())

showMix()
drawAnswer(answer, room)

async function start(): Promise<void> {
  const context = new AudioContext({ sampleRate })
  play.disabled = true
  try {
    const reverb = await Reverb.open(context, room, mix.valueAsNumber, showError)
    const analyser = new AnalyserNode(context)
    reverb.output.connect(analyser).connect(context.destination)
    playing = { context, reverb, source: sourceOf({ context, reverb }) }
    showLevel(analyser, playing)
  } catch (error) {
    await context.close()
    throw error
  } finally {
    play.disabled = false
  }
  setPressed(true)
  show('Playing. What you change is heard at once.')
}

/** Ends the sound and all that was opened for it. */
async function stop(): Promise<void> {
  const ended = playing
  playing = undefined
  setPressed(false)
  ended?.source.stop()
  ended?.reverb.close()
  await ended?.context.close()
  show('')
}

function sourceOf({ context, reverb }: Pick<Playing, 'context' | 'reverb'>): AudioBufferSourceNode {
  const source = new AudioBufferSourceNode(context, { buffer: sound, loop: true })
  source.connect(reverb.input)
  source.start()
  return source
}

/** The same graph, computed as fast as possible, with the sound once and its whole tail. */
async function saveSound(): Promise<void> {
  show('Rendering …')
  const length = sound.length + room[0].length - 1
  const context = new OfflineAudioContext(2, length, sampleRate)
  const reverb = await Reverb.open(context, room, mix.valueAsNumber, showError)
  const source = new AudioBufferSourceNode(context, { buffer: sound })
  source.connect(reverb.input)
  reverb.output.connect(context.destination)
  source.start()
  const address = URL.createObjectURL(wavFile(await context.startRendering()))
  reverb.close()
  Object.assign(document.createElement('a'), { href: address, download: 'reverb.wav' }).click()
  // The browser has begun to read the file by then.
  setTimeout(() => URL.revokeObjectURL(address), 60_000)
  show(`Saved ${(length / sampleRate).toFixed(1)} s as reverb.wav.`)
}

/** A file of any type that the browser knows, at the rate of this page. */
async function decoded(file: Blob): Promise<AudioBuffer> {
  const bytes = await file.arrayBuffer()
  return new OfflineAudioContext(1, 1, sampleRate).decodeAudioData(bytes)
}

/** A menu with one entry that opens a file. What cannot be opened changes nothing. */
function choose<T>(
  menu: HTMLSelectElement,
  input: HTMLInputElement,
  entries: Readonly<Record<string, () => T>>,
  open: (file: File) => Promise<T>,
  take: (chosen: T) => void,
): void {
  menu.addEventListener('change', () => {
    const entry = entries[menu.value]
    if (entry === undefined) input.click()
    else take(entry())
  })
  input.addEventListener('change', () =>
    attempt(async () => {
      const [file] = input.files ?? []
      if (file === undefined) return
      take(await open(file))
      menu.value = 'file'
      show(`${file.name} is in use.`)
    }),
  )
}

function showMix(): void {
  amount.value = `${Math.round(100 * mix.valueAsNumber)} %`
  playing?.reverb.setMix(mix.valueAsNumber)
}

function showLevel(analyser: AnalyserNode, of: Playing): void {
  const samples = new Float32Array(analyser.fftSize)
  const frame = (): void => {
    analyser.getFloatTimeDomainData(samples)
    const power = samples.reduce((sum, value) => sum + value * value, 0) / samples.length
    level.value = playing === of ? 3 * Math.sqrt(power) : 0
    if (playing === of) requestAnimationFrame(frame)
  }
  frame()
}

function setPressed(isPressed: boolean): void {
  play.ariaPressed = String(isPressed)
  play.textContent = isPressed ? 'Stop' : 'Play'
}

function attempt(action: () => Promise<void>): void {
  action().catch(showError)
}

function showError(error: unknown): void {
  show(error instanceof Error ? error.message : String(error))
  status.className = 'bad'
}

function show(text: string): void {
  status.className = ''
  status.textContent = text
}
