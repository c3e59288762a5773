// The page of the HTTP API: what is typed hides the endpoints and schemas that do not hold it.

const typed = document.querySelector('#wanted');
const told = document.querySelector('#found');
const articles = [...document.querySelectorAll('.endpoint')].map((article) => ({
  article,
  link: document.querySelector(`.contents a[href="#${CSS.escape(article.id)}"]`)?.closest('li'),
  text: article.textContent.toLowerCase(),
}));

function search() {
  const words = typed.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const { article, link, text } of articles) {
    const fits = words.every((word) => text.includes(word));
    article.hidden = !fits;
    if (link) link.hidden = !fits;
    shown += fits;
  }
  for (const section of document.querySelectorAll('.contents section, .told > section')) {
    section.hidden = !section.querySelector('li:not([hidden]), article:not([hidden])');
  }
  told.textContent = shown ? '' : told.dataset.none;
}

typed.addEventListener('input', search);
if (typed.value) search(); // a browser that goes back fills it in again
