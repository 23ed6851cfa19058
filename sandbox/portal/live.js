/** Keeps `#live` as it would be if the page were loaded now. A page that nobody looks at asks for nothing. */
const EVERY_MS = 1000

async function refresh() {
  const shown = document.getElementById('live')
  if (!shown || document.visibilityState !== 'visible') return
  const answer = await fetch(location.pathname, { headers: { accept: 'text/html' } })
  if (!answer.ok) return
  const now = new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById('live')
  if (now && now.outerHTML !== shown.outerHTML) shown.replaceWith(document.adoptNode(now))
}

if (document.getElementById('live')) {
  // The sandbox may have ended; its page stays as it was.
  setInterval(() => refresh().catch(() => {}), EVERY_MS)
}
