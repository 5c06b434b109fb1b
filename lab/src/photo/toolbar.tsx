/** Where pictures come from: a file, the camera, the lab. */

import type { JSX } from 'preact'
import { useRef } from 'preact/hooks'
import { camera, freeze, isResting, rate, startCamera, stopCamera } from './camera.ts'
import { openFile } from './intake.ts'
import { texts } from './messages/index.ts'
import { openSample, settings } from './photo.ts'
import { sampleNames } from './settings.ts'

export function Toolbar(): JSX.Element {
  const text = texts()
  const input = useRef<HTMLInputElement>(null)
  return (
    <div class="toolbar">
      <button type="button" class="primary" id="choose" onClick={() => input.current!.click()}>
        {text.choose}
      </button>
      <input
        ref={input}
        type="file"
        accept="image/*"
        hidden
        aria-hidden="true"
        tabIndex={-1}
        onChange={(event) => {
          const [file] = event.currentTarget.files ?? []
          if (file) openFile(file)
          // The same file may be chosen again.
          event.currentTarget.value = ''
        }}
      />
      <span class="drop-hint">{text.dropHint}</span>
      <CameraButtons />
      <div class="samples" role="group" aria-label={text.sample}>
        <span aria-hidden="true">{text.sample}</span>
        {sampleNames.map((name) => (
          <button
            key={name}
            type="button"
            class="quiet"
            data-sample={name}
            aria-pressed={settings.value.picture === name}
            onClick={() => {
              stopCamera()
              openSample(name)
            }}
          >
            {text.samples[name]}
          </button>
        ))}
      </div>
    </div>
  )
}

function CameraButtons(): JSX.Element {
  const text = texts()
  const now = camera.value
  if (now === 'off' || now === 'starting')
    return (
      <button
        type="button"
        class="quiet"
        id="camera"
        aria-busy={now === 'starting'}
        onClick={() => void startCamera()}
      >
        {now === 'starting' ? text.cameraStarting : text.camera}
      </button>
    )
  const isFrozen = now === 'frozen'
  return (
    <div class="camera-buttons" role="group" aria-label={text.camera}>
      <button type="button" class="quiet" id="camera" onClick={() => freeze(!isFrozen)}>
        {isFrozen ? text.resumeCamera : text.pauseCamera}
      </button>
      <button type="button" class="quiet stop" id="camera-stop" onClick={stopCamera}>
        {text.stopCamera}
      </button>
      <span class="rate" data-rate={rate.value?.frames}>
        {isResting.value
          ? text.cameraRests
          : rate.value && text.rate(rate.value.frames, rate.value.dropped)}
      </span>
    </div>
  )
}
