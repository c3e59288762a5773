// Whoever leaves a page by a link, another language or a reload is asked first if a form holds something unsaved.

const held = (form) => JSON.stringify([...new FormData(form)].map(([name, value]) => [name, value instanceof File ? `${value.name} ${value.size}` : value]));

const forms = new Map(); // form → what it held as the page came; null where that was refused before and so is unsaved
for (const form of document.querySelectorAll('form[data-unsaved]')) {
  forms.set(form, form.dataset.unsaved === 'refused' ? null : held(form));
}
let sent = null;
addEventListener('submit', ({ target }) => { sent = target; });
addEventListener('beforeunload', (event) => {
  const left = [...forms].some(([form, before]) => form !== sent && before !== held(form));
  sent = null; // what is refused before it goes, or a download, leaves the page as it is
  if (left) event.preventDefault();
});
