// The runner would load its own modules into every process that a test starts, for coverage. A plugin under Node's
// permissions may not read them, and would end at once; and no test is to see other children than a user's.
const key = Symbol.for('process-on-spawn@*:singletonId')
const state = globalThis[key] ?? Object.defineProperty(globalThis, key, { value: { version: 1 } })[key]
state.listeners = Object.assign([], { push: () => 0, unshift: () => 0 })
const ours = (process.env.NODE_OPTIONS ?? '').replace(/"?--import=\S*@tapjs\S*/g, '').trim()
if (ours === '') delete process.env.NODE_OPTIONS
else process.env.NODE_OPTIONS = ours
