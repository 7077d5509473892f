/** Saves a text as a browser does: into its downloads. */
export const downloadFile = (name: string, text: string): Promise<boolean> => download(name, new Blob([text], { type: 'text/plain' }));

/** The same for a PDF in base64. */
export function downloadPdf(name: string, pdf: string): Promise<boolean> {
  const bytes = Uint8Array.from(atob(pdf), (letter) => letter.charCodeAt(0));
  return download(name, new Blob([bytes], { type: 'application/pdf' }));
}

async function download(name: string, contents: Blob): Promise<boolean> {
  const url = URL.createObjectURL(contents);
  const link = Object.assign(document.createElement('a'), { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
  return true;
}
