import { createHash } from 'node:crypto'

export type Language = 'en' | 'de'

/** What the browser shows after the login. */
export type RedirectPage = 'signed-in' | 'choose' | 'failed' | 'working' | 'used' | 'foreign' | 'nothing-here'

type Words = readonly [heading: string, text: string]

const PAGES: Readonly<Record<RedirectPage, Readonly<Record<Language, Words>>>> = {
  'signed-in': {
    en: ['You are signed in', 'Close this window. Orders now come by themselves.'],
    de: ['Sie sind angemeldet', 'Schließen Sie dieses Fenster. Die Aufträge kommen nun von selbst.'],
  },
  choose: {
    en: [
      'One more step',
      'Close this window, and choose in the program which laboratory’s orders it should bring.',
    ],
    de: [
      'Noch ein Schritt',
      'Schließen Sie dieses Fenster, und wählen Sie im Programm, für welches Labor es Aufträge holen soll.',
    ],
  },
  failed: {
    en: [
      'The sign-in did not succeed',
      'Close this window. The program says what happened and what you can do.',
    ],
    de: [
      'Die Anmeldung ist nicht gelungen',
      'Schließen Sie dieses Fenster. Das Programm sagt, was geschehen ist und was Sie tun können.',
    ],
  },
  working: {
    en: ['The sign-in is being completed', 'Close this window. The program shows when you are signed in.'],
    de: [
      'Die Anmeldung wird abgeschlossen',
      'Schließen Sie dieses Fenster. Das Programm zeigt, wann Sie angemeldet sind.',
    ],
  },
  used: {
    en: [
      'This sign-in was received already',
      'Close this window. The program shows whether you are signed in.',
    ],
    de: [
      'Diese Anmeldung ist schon angekommen',
      'Schließen Sie dieses Fenster. Das Programm zeigt, ob Sie angemeldet sind.',
    ],
  },
  foreign: {
    en: [
      'This sign-in belongs to another window',
      'Go back to the window that the program opened last, or start the sign-in again there.',
    ],
    de: [
      'Diese Anmeldung gehört zu einem anderen Fenster',
      'Gehen Sie zu dem Fenster zurück, das das Programm zuletzt geöffnet hat, oder beginnen Sie dort neu.',
    ],
  },
  'nothing-here': {
    en: ['There is nothing here', 'Close this window.'],
    de: ['Hier gibt es nichts', 'Schließen Sie dieses Fenster.'],
  },
}

const STYLE = `:root{color-scheme:light dark;--ground:#f4f5f7;--card:#fff;--text:#1c2430;--soft:#4a5565}
@media (prefers-color-scheme:dark){:root{--ground:#14181f;--card:#1f252e;--text:#e8ecf2;--soft:#aab4c2}}
body{margin:0;min-height:100vh;display:grid;place-items:center;background:var(--ground);color:var(--text);font:1rem/1.5 system-ui,sans-serif}
main{max-width:26rem;margin:1rem;padding:2rem;background:var(--card);border-radius:.75rem}
h1{margin:0 0 .5rem;font-size:1.25rem}
p{margin:0;color:var(--soft)}`

/** No script, no picture, nothing from anywhere; the address holds a code, which is told to nobody. */
export const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy': `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const

export function redirectPage(page: RedirectPage, language: Language): string {
  const [heading, text] = PAGES[page][language]
  return `<!doctype html>
<html lang="${language}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${heading} · MyiTero import</title><style>${STYLE}</style></head>
<body><main><h1>${heading}</h1><p>${text}</p></main></body>
</html>
`
}
