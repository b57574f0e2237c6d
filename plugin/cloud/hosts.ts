/** Whether a host (as `URL.hostname` gives it) is this machine: what is sent there goes over no network. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host)
}

/** `*.example.com` stands for every host below example.com, not for itself. */
export function hostFits(pattern: string, host: string): boolean {
  return pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) : host === pattern
}
