// A page with personal data says to the server that it is printed: who saw what is kept, on paper too.

/** Listen for printing on a page whose body names whose data it shows. */
export function tellPrints(page: Document = document): void {
  const { subjectKind: kind, subjectId: id, printsTo: address } = page.body.dataset;
  const token = page.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content;
  if (!kind || !id || !address || !token) return;
  page.defaultView?.addEventListener('beforeprint', () => {
    // `keepalive`: the word is sent even where the page is closed right after.
    void fetch(address, {
      method: 'POST',
      keepalive: true,
      headers: { 'Content-Type': 'application/json', 'X-CSRFToken': token },
      body: JSON.stringify({ kind, id: Number(id) }),
    }).catch(() => undefined);
  });
}
