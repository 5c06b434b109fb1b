/**
 * The camera, on a press only. Its frames go to the engine one at a time: while the engine works,
 * frames are left out, so a result is never late. In a hidden tab the camera rests.
 */

import { type Signal, signal } from '@preact/signals'
import { cameraIs, notice, sendFrame } from './photo.ts'
import type { Frame } from './protocol.ts'

export type CameraState = 'off' | 'starting' | 'on' | 'frozen'
export const camera: Signal<CameraState> = signal('off')
/** Frames of the last second: shown, and left out. */
export const rate: Signal<{ readonly frames: number; readonly dropped: number } | undefined> =
  signal(undefined)
/** Whether the camera rests because the tab is hidden. */
export const isResting: Signal<boolean> = signal(false)

const size = { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 60 } }
/** A camera that another program has may never answer. */
const patienceMs = 20_000
const secondMs = 1000

let stream: MediaStream | undefined
let video: HTMLVideoElement | undefined
/** Counted up with every start and stop, so that an answer that comes late changes nothing. */
let run = 0
/** The frame that is sent when the engine is free. It is made ready meanwhile. */
let ready: Frame | undefined

function forgetReady(): void {
  ready?.close()
  ready = undefined
}

export async function startCamera(): Promise<void> {
  if (camera.peek() === 'starting' || camera.peek() === 'on') return
  notice.value = undefined
  if (!navigator.mediaDevices?.getUserMedia) {
    notice.value = { kind: 'cameraInsecure' }
    return
  }
  const own = ++run
  camera.value = 'starting'
  try {
    const given = await withPatience(
      navigator.mediaDevices.getUserMedia({ audio: false, video: size }),
    )
    if (own !== run) {
      stopTracks(given)
      return
    }
    stream = given
    video = document.createElement('video')
    video.muted = true
    video.playsInline = true
    video.srcObject = given
    given.getVideoTracks()[0]?.addEventListener('ended', stopCamera)
    await video.play()
    if (own !== run) return
    document.addEventListener('visibilitychange', followVisibility)
    camera.value = 'on'
    cameraIs(true)
    followFrames(own)
  } catch (error) {
    if (own !== run) return
    stopCamera()
    notice.value = { kind: reasonOf(error) }
  }
}

function reasonOf(error: unknown): 'cameraRefused' | 'cameraMissing' | 'cameraBusy' {
  const name = error instanceof Error ? error.name : ''
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'cameraRefused'
  return name === 'NotFoundError' || name === 'OverconstrainedError'
    ? 'cameraMissing'
    : 'cameraBusy'
}

function withPatience(asked: Promise<MediaStream>): Promise<MediaStream> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      // If it comes after all, nobody uses it.
      void asked.then(stopTracks, () => undefined)
      reject(new Error('no answer'))
    }, patienceMs)
    asked.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}

function stopTracks(of: MediaStream): void {
  for (const track of of.getTracks()) track.stop()
}

/** Ends the camera. Its last frame stays as the picture. */
export function stopCamera(): void {
  run++
  forgetReady()
  if (stream) stopTracks(stream)
  stream = undefined
  video = undefined
  document.removeEventListener('visibilitychange', followVisibility)
  camera.value = 'off'
  isResting.value = false
  rate.value = undefined
  cameraIs(false)
}

/** Keeps the last frame as the picture, or goes on. */
export function freeze(isFrozen: boolean): void {
  if (!stream) return
  run++
  forgetReady()
  camera.value = isFrozen ? 'frozen' : 'on'
  rate.value = undefined
  cameraIs(!isFrozen)
  for (const track of stream.getVideoTracks()) track.enabled = !isFrozen
  if (!isFrozen) followFrames(run)
}

function followVisibility(): void {
  const isHidden = document.visibilityState === 'hidden'
  isResting.value = isHidden && camera.peek() === 'on'
  for (const track of stream?.getVideoTracks() ?? [])
    track.enabled = !isHidden && camera.peek() === 'on'
}

/** Calls `take` with the next frame that the camera has. */
function nextFrame(of: HTMLVideoElement, take: () => void): void {
  if ('requestVideoFrameCallback' in of) of.requestVideoFrameCallback(take)
  else requestAnimationFrame(take)
}

/** The frame that is shown now. A VideoFrame costs nothing, but not every browser has it. */
async function frameOf(of: HTMLVideoElement): Promise<Frame> {
  return 'VideoFrame' in globalThis ? new VideoFrame(of) : createImageBitmap(of)
}

function followFrames(own: number): void {
  let isBusy = false
  let isMaking = false
  let [frames, dropped, since] = [0, 0, performance.now()]
  const send = (): void => {
    if (!ready || isBusy || own !== run) return
    isBusy = true
    const image = ready
    ready = undefined
    sendFrame(image, () => {
      isBusy = false
      frames++
      send()
    })
  }
  const take = (): void => {
    const of = video
    if (own !== run || !of) return
    nextFrame(of, take)
    if (isResting.peek()) return
    const now = performance.now()
    if (now - since >= secondMs) {
      const perSecond = secondMs / (now - since)
      rate.value = {
        frames: Math.round(frames * perSecond),
        dropped: Math.round(dropped * perSecond),
      }
      ;[frames, dropped, since] = [0, 0, now]
    }
    if (ready || isMaking || of.videoWidth === 0) {
      dropped++
      return
    }
    isMaking = true
    void frameOf(of).then(
      (image) => {
        isMaking = false
        if (own !== run) {
          image.close()
          return
        }
        ready = image
        send()
      },
      () => {
        isMaking = false
      },
    )
  }
  if (video) nextFrame(video, take)
}
