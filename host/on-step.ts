/** Whether a value is a whole number of steps away from the lowest; `step` above 0, all three in one unit. */
export function isOnStep(value: number, lowest: number, step: number): boolean {
  // 0.04 of 0.005 is 8.000000000000002 steps.
  const steps = (value - lowest) / step
  return Math.abs(steps - Math.round(steps)) < 1e-6 * Math.max(1, Math.abs(steps))
}
