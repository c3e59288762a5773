// On a narrow or enlarged screen the sentence stays in sight while what is below it is answered.

const CRAMPED = '(max-width: 64rem), (max-height: 40rem)'; // as in desk.css
const SHARE = .34; // of the window's height, at most, that the sentence may cover

/**
 * Hold the sentence at the head of the window once its own place has left it. `box` is that place and keeps its height,
 * so that nothing below moves; its first child is what is held.
 */
export function stick(box) {
  const cramped = matchMedia(CRAMPED);
  const follow = () => {
    const place = box.getBoundingClientRect();
    const room = Math.min(place.height, SHARE * innerHeight);
    const held = cramped.matches && place.height > 0 && place.bottom < room;
    if (held === ('held' in box.dataset)) return;
    if (held) box.style.setProperty('block-size', `${place.height}px`);
    else box.style.removeProperty('block-size');
    if (held) box.dataset.held = '';
    else delete box.dataset.held;
    box.dispatchEvent(new Event('held'));
  };
  addEventListener('scroll', () => cramped.matches && follow(), { passive: true });
  addEventListener('resize', () => {
    box.style.removeProperty('block-size'); // lines break elsewhere now
    delete box.dataset.held;
    follow();
  });
}
