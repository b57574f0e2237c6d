/** Sides of a texture, pixels: what every graphics card takes. */
const SIDE_LIMIT = 4096

/**
 * The image at an address, upside down as graphics cards want it, made smaller where it is larger than they take; null
 * where it is none or cannot be had. It is decoded beside the page.
 */
export async function imageAt(address: string, signal: AbortSignal): Promise<ImageBitmap | null> {
  try {
    const response = await fetch(address, { credentials: 'same-origin', signal })
    if (!response.ok) return null
    const blob = await response.blob()
    const image = await createImageBitmap(blob, { imageOrientation: 'flipY' })
    const { width, height } = image
    const scale = SIDE_LIMIT / Math.max(width, height)
    if (scale >= 1) return image
    image.close()
    return await createImageBitmap(blob, {
      imageOrientation: 'flipY',
      resizeWidth: Math.max(1, Math.floor(width * scale)),
      resizeHeight: Math.max(1, Math.floor(height * scale)),
    })
  } catch {
    return null
  }
}
