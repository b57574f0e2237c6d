type Numbers =
  | Float32Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Uint8Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>

/** The same numbers with room for at least `length`, half as much again where it has to grow. */
export function grown<T extends Numbers>(numbers: T, length: number): T {
  if (numbers.length >= length) return numbers
  const Kind = numbers.constructor as new (length: number) => T
  const larger = new Kind(Math.max(length, Math.ceil(numbers.length * 1.5), 1024))
  larger.set(numbers)
  return larger
}
