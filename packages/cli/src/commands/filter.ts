/**
 * The command line of `filter`. Its flags are the table in filter-flags.ts. The verb is imported
 * only when it runs.
 */

import type { Command } from 'commander'
import { addFilterFlags, type FilterFlags } from '../filter-flags.ts'
import { readImageFormats, readOnlyImageNames } from '../images/formats.ts'
import type { Io } from '../io.ts'
import { isWavName } from '../sound/names.ts'
import { isVolumeCall } from '../volumes/is-volume.ts'
import { addVolumeFlags, type VolumeFlags } from '../volumes/volume-flags.ts'

const examples = `Examples:
  $ stridefold filter photo.jpg -k sobel-x --output abs -o edges.png
  $ stridefold filter a.png -k "0.1 0.1 0.1; 0.1 -0.8 0.1; 0.1 0.1 0.1" --channels sum -o b.png
  $ stridefold filter photo.webp -k gaussian:sigma=2 --boundary edge -o soft.webp
  $ stridefold filter photo.tiff -k weights.csv --flip -o exact.npy
  $ stridefold filter 'photos/*.jpg' -k sobel --combine magnitude -o edges/
  $ stridefold filter heights.tif -k gaussian:sigma=2 --missing nodata -o smooth.tif
  $ stridefold filter voice.wav -k hall.wav -o voice-in-hall.wav
  $ ffmpeg -i song.mp3 -f s16le - | stridefold filter - --raw s16le:2:44100 -k hall.wav -o - | …
  $ stridefold filter in.zarr -k gaussian:sigma=2um -o out.zarr --memory-limit 1G
  $ cat photo.png | stridefold filter - -k sharpen -o - > sharp.png
`

export function addFilter(program: Command, io: Io): void {
  const command = program
    .command('filter')
    .summary('filter an image, an array, a volume or sound')
    .description(
      `Filters an image (${readImageFormats}), the numbers of a TIFF, such as heights on a map, ` +
        `or an array (.npy). Writes all of these but ${readOnlyImageNames.join(', ')}. The ` +
        'kernel is not flipped: the result is a correlation, as in image filters and networks. ' +
        '--flip gives the convolution. ' +
        'A volume (Zarr, or a .npy or TIFF file larger than --memory-limit) is filtered box by ' +
        'box; the same command goes on after an interruption. ' +
        'Sound (.wav, or --raw through pipes) is always convolved, and rings out.',
    )
    .argument('<in...>', "files, folders or patterns ('photos/*.jpg'); '-' is stdin")
    .addHelpText('before', examples)
    .action(async (inputs: readonly string[], flags: FilterFlags & VolumeFlags) => {
      if (await isVolumeCall(inputs, flags, io))
        return (await import('../volumes/filter-volume.ts')).filterOneVolume(inputs, flags, io)
      return flags.raw !== undefined || inputs.some(isWavName)
        ? (await import('../sound/filter-sound.ts')).filterSound(inputs, flags, io)
        : (await import('../verbs/filter.ts')).filter(inputs, flags, io)
    })
  addFilterFlags(command)
  addVolumeFlags(command)
}
