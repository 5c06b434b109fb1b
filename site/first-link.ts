/**
 * What the lab shows at an address without a link, as a link. The frame of the start page adds
 * language and colours to it. A test compares it with the lab.
 */
export const firstLink =
  'v1&case=1x1x43x64_*_1x1x3x3&x=picture:harbour&k=-1,0,1,-2,0,2,-1,0,1&at=output:0,0,23,19'
