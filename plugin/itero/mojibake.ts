/** What Windows-1252 shows for the bytes 0x80–0x9F; the five holes show as themselves. */
const SHOWN_80_9F = new TextDecoder('windows-1252').decode(
  Uint8Array.from({ length: 32 }, (_, i) => 0x80 + i),
)

const UTF8 = new TextDecoder('utf-8', { fatal: true })

/** First byte of a sequence, then a continuation byte, as Windows-1252 shows them. */
const SUSPECT = new RegExp(`[\\u00c2-\\u00f4][\\u0080-\\u00bf${SHOWN_80_9F}]`)

/**
 * A text that other tools read as Windows-1252 and saved as UTF-8, made right: `IPS e.maxÂ® CAD` [V].
 * Left alone unless the whole of it is valid UTF-8 when read back: real text hardly ever is.
 */
export function healed(text: string): string {
  if (!SUSPECT.test(text)) return text
  const bytes = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    const byte = code <= 0xff ? code : 0x80 + SHOWN_80_9F.indexOf(text[i] as string)
    if (code > 0xff && byte < 0x80) return text
    bytes[i] = byte
  }
  try {
    return UTF8.decode(bytes)
  } catch {
    return text
  }
}
