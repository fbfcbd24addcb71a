/** Copies text; also over plain HTTP, where browsers withhold navigator.clipboard. */
export async function copyText(text: string, beside: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text, beside);
  }
}

/** The field must stand beside the button: a modal dialog makes everything outside it inert. */
function copyBySelection(text: string, beside: HTMLElement): boolean {
  const field = document.createElement('textarea');
  field.value = text;
  field.className = 'for-readers';
  beside.after(field);
  field.select();
  // Deprecated in its own type, and the only way without a secure context.
  const page: { execCommand: (command: string) => boolean } = document;
  const isCopied = page.execCommand('copy');
  field.remove();
  beside.focus();
  return isCopied;
}
