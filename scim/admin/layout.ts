import { type Html, html } from './html.ts'

export interface Page {
  title: string
  /** The tenant whose pages these are; none on the sign-in page. */
  tenant?: string
  tenants?: string[]
  body: Html
}

export function layout({ title, tenant, tenants = [], body }: Page): string {
  const link = (path: string, text: string): Html => {
    const current = text === title
    return html`<a href="/admin/${tenant}${path}"${current ? html` aria-current="page"` : ''}>${text}</a>`
  }
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}${tenant ? ` · ${tenant}` : ''} · SCIM service</title>
<link rel="stylesheet" href="/admin/style.css">
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
<header>
<strong>SCIM service</strong>
${
  tenant &&
  html`<nav aria-label="Pages">${link('', 'Home')}${link('/users', 'Users')}</nav>
${
  tenants.length > 1 &&
  html`<nav aria-label="Tenants" class="tenants">${tenants.map(
    (name) => html`<a href="/admin/${name}"${name === tenant ? html` aria-current="true"` : ''}>${name}</a>`,
  )}</nav>`
}
<form method="post" action="/admin/sign-out"><button class="quiet">Sign out</button></form>`
}
</header>
<main id="main">
<h1>${title}</h1>
${body}
</main>
</body>
</html>
`.text
}
