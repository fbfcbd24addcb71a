/** A dot on the page's icon while something critical is open, for who looks at other pages. */
export function showInFavicon(isCritical: boolean): void {
  const icon = document.querySelector<HTMLLinkElement>('link[rel=icon]');
  const href = isCritical ? '/favicon-critical.svg' : '/favicon.svg';
  if (icon !== null && icon.getAttribute('href') !== href) icon.href = href;
}
