// The page of a release in the making: the bar goes on by itself. Without this module the page is loaded anew.

const EVERY = 1000; // milliseconds between two looks

const looks = async () => {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (answer.redirected) return location.replace(answer.url); // made, or signed out
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const [there, now] = [page.querySelector("#making"), document.querySelector("#making")];
  if (!there) return location.reload();
  const bar = now.querySelector("progress");
  const on = there.querySelector("progress");
  if (bar && on) {
    // the same elements stay: a reader of the screen is not thrown back to the beginning
    bar.value = on.value;
    now.querySelector(".meter p").replaceWith(there.querySelector(".meter p"));
  } else {
    now.replaceWith(there);
  }
  if ("running" in there.dataset) setTimeout(look, EVERY);
};

const look = () => looks().catch(() => setTimeout(look, 5 * EVERY)); // the network is away, or the server restarts

setTimeout(look, EVERY);
