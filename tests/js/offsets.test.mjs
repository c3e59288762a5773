import assert from 'node:assert/strict';
import test from 'node:test';

import { Offsets, graphemeEdges, moveEdge, snapToGraphemes, snapToWords, words } from '../../annotator/static/js/lib/offsets.js';

const ZOO = ['', 'كلمة', 'قال 🌊 هو', '👨‍👩‍👧‍👦 و🏳️‍🌈', 'مُحَمَّدٌ', 'التحالـف', 'می‌خواهم', '\u200fHMC\u200e قالت', 'ﷺ ﻻ', 'a\r\nb', '<b>&amp;</b>', '𞸀𞸁', 'é é'];

test('both directions agree on every text of the zoo', () => {
  for (const text of ZOO) {
    const offsets = new Offsets(text);
    const points = [...text];
    for (let point = 0; point <= points.length; point += 1) {
      const unit = points.slice(0, point).join('').length;
      assert.equal(offsets.toUnit(point), unit, text);
      assert.equal(offsets.toPoint(unit), point, text);
    }
    for (let start = 0; start < points.length; start += 1) {
      for (let end = start + 1; end <= points.length; end += 1) {
        const stretch = offsets.stretch({ start, end });
        assert.deepEqual(offsets.span(stretch), { start, end, text: points.slice(start, end).join('') });
        assert.equal(offsets.slice(start, end), points.slice(start, end).join(''));
      }
    }
  }
});

test('a place inside a surrogate pair belongs to its code point, and places outside are drawn in', () => {
  const offsets = new Offsets('a🌊b');
  assert.equal(offsets.toPoint(2), 1);
  assert.equal(offsets.toPoint(99), 3);
  assert.equal(offsets.toUnit(-1), 0);
  assert.equal(offsets.toUnit(99), 4);
});

const taken = (text) => words(text).map(([start, end]) => text.slice(start, end));

test('words are white-space tokens without the punctuation around them', () => {
  assert.deepEqual(taken('وقال: «نعم، لن ننسحب»!'), ['وقال', 'نعم', 'لن', 'ننسحب']);
  assert.deepEqual(taken('في 3.5% من (HMC) – أغسطس/آب'), ['في', '3.5', 'من', 'HMC', 'أغسطس/آب']);
  assert.deepEqual(taken('ـ … 🌊 «»'), []);
  assert.deepEqual(taken('مُحَمَّدٌ التحالـف'), ['مُحَمَّدٌ', 'التحالـف']);
});

test('a word ends at a colon, comma, quotation mark or bracket even where no blank follows, and not inside figures', () => {
  assert.deepEqual(taken('قال الوزير:«إنّ العمل مستمر»،وأضاف:«لن نتوقف»'), ['قال', 'الوزير', 'إنّ', 'العمل', 'مستمر', 'وأضاف', 'لن', 'نتوقف']);
  assert.deepEqual(taken('الأول؛الثاني،الثالث(الرابع)"الخامس"“السادس”'), ['الأول', 'الثاني', 'الثالث', 'الرابع', 'الخامس', 'السادس']);
  assert.deepEqual(taken('2,500 جندي 10:30 و٢،٥٠٠ و3.5:النسبة'), ['2,500', 'جندي', '10:30', 'و٢،٥٠٠', 'و3.5', 'النسبة']);
  assert.deepEqual(taken('أ.ف.ب (HMC) H.M.C. https://example.org/a أغسطس/آب'), ['أ.ف.ب', 'HMC', 'H.M.C', 'https://example.org/a', 'أغسطس/آب']);
});

test('a selection is widened to the words that it touches', () => {
  const text = 'قال وزير المياه.';
  assert.deepEqual(snapToWords(text, [6, 11]), [4, 15]);
  assert.deepEqual(snapToWords(text, [5, 5]), [4, 8]);
  assert.equal(snapToWords(text, [15, 16]), null);
});

test('without words it is widened to graphemes, never cutting one', () => {
  const text = 'مُ👨‍👩‍👧x';
  assert.deepEqual(snapToGraphemes(text, [1, 4]), [0, 10]);
  assert.deepEqual(graphemeEdges(text), [0, 2, 10, 11]);
});

test('edges move by word, by character and by particle, at either side', () => {
  const text = 'أعلن وزير المياه وبالخطة اليوم';
  const at = (word) => [text.indexOf(word), text.indexOf(word) + word.length];
  const of = (stretch) => text.slice(...stretch);
  assert.equal(of(moveEdge(text, at('وزير'), 1, 'word')), 'وزير المياه');
  assert.equal(of(moveEdge(text, at('وزير المياه'), -1, 'word')), 'وزير');
  assert.equal(of(moveEdge(text, at('وزير'), -1, 'word')), 'وزير');
  assert.equal(of(moveEdge(text, at('المياه'), 1, 'word', 'start')), 'وزير المياه');
  assert.equal(of(moveEdge(text, at('وزير المياه'), -1, 'word', 'start')), 'المياه');
  assert.equal(of(moveEdge(text, at('وزير'), -1, 'character')), 'وزي');
  assert.equal(of(moveEdge(text, at('وزير'), 1, 'character')), 'وزير ');
  const cut = moveEdge(text, at('وبالخطة'), -1, 'particle');
  assert.equal(of(cut), 'بالخطة');
  assert.equal(of(moveEdge(text, moveEdge(text, cut, -1, 'particle'), -1, 'particle')), 'خطة');
  assert.equal(of(moveEdge(text, cut, 1, 'particle')), 'وبالخطة');
});

test('a particle goes with its marks and its tatweel, and no letter is left without its own', () => {
  const cuts = (word) => {
    let stretch = [0, word.length];
    const found = [];
    for (let n = 0; n < 4; n += 1) {
      const next = moveEdge(word, stretch, -1, 'particle');
      if (next[0] === stretch[0]) break;
      found.push(word.slice(...next));
      stretch = next;
    }
    return found;
  };
  assert.deepEqual(cuts('وَقَالَ'), ['قَالَ']);
  assert.deepEqual(cuts('وَبِالْخُطَّةِ'), ['بِالْخُطَّةِ', 'الْخُطَّةِ', 'خُطَّةِ']);
  assert.deepEqual(cuts('ٱلْعِلْمَ'), ['عِلْمَ']);
  assert.deepEqual(cuts('الـ16'), ['16']);
  assert.deepEqual(cuts('وَهُ'), []);
});
