import assert from 'node:assert/strict';
import test from 'node:test';

import { Phrases, entityCandidates, firstThese, fold, likeness, namedByVerbs, nearest, search, speakerCandidates } from '../../annotator/static/js/lib/names.js';
import { Offsets } from '../../annotator/static/js/lib/offsets.js';

const entry = (id, canonical, ...aliases) => ({ id, canonical, aliases, folded: [canonical, ...aliases].map(fold) });
const ENTRIES = [
  entry('austin', 'لويد أوستن', 'أوستن'),
  entry('albares', 'خوسيه مانويل ألباريس', 'ألباريس', 'الباريس', 'البارس'),
  entry('mofa', 'وزارة الخارجية العراقية', 'الخارجية العراقية'),
  entry('hmc', 'اللجنة العسكرية العليا', 'HMC'),
];
const ids = (entries) => entries.map(({ id }) => id);

test('folding forgets hamza, ya, ta marbuta, tatweel, tashkeel, kinds of digits and case', () => {
  assert.equal(fold('  الوزارةُ  المُستَقِلّة '), 'الوزاره المستقله');
  assert.equal(fold('أإآٱ ىئؤ'), 'اااا ييو');
  assert.equal(fold('التحالـف ٢٠٢٤ HMC'), 'التحالف 2024 hmc');
  assert.equal(fold('ﻻﷲ'), fold('لاالله'));
});

test('search puts whole names first, then beginnings, then parts', () => {
  assert.deepEqual(ids(search(ENTRIES, 'اوستن')), ['austin']);
  assert.deepEqual(ids(search(ENTRIES, 'الباريس')), ['albares']);
  assert.deepEqual(ids(search(ENTRIES, 'الخارجيه')), ['mofa']);
  assert.deepEqual(ids(search(ENTRIES, 'hmc')), ['hmc']);
  assert.deepEqual(ids(search(ENTRIES, 'ا')).length, 4);
  assert.deepEqual(search(ENTRIES, 'زيمبابوي'), []);
});

test('without a typed text all are found, those used last first', () => {
  assert.equal(search(ENTRIES, ' ').length, 4);
  assert.deepEqual(ids(firstThese(['hmc', 'gone', 'mofa', 'hmc'], ENTRIES)), ['hmc', 'mofa', 'austin', 'albares']);
  assert.deepEqual(ids(search(firstThese(['hmc'], ENTRIES), 'ا'))[0], 'hmc');
});

test('the nearest entries are offered before a new one is made', () => {
  assert.deepEqual(ids(nearest(ENTRIES, 'خوسيه ألباريس')), ['albares']);
  assert.deepEqual(ids(nearest(ENTRIES, 'وزير الخارجية العراقي')), ['mofa']);
  assert.deepEqual(nearest(ENTRIES, 'منظمة الصحة'), []);
  assert.equal(likeness('باريس', 'باريس'), 1);
  assert.equal(likeness('ا', 'ب'), 0);
});

const NAMES = new Phrases();
for (const one of ENTRIES) for (const name of one.folded) NAMES.add(name, one);

function candidates(text, more = {}) {
  const sentence = { text, before: [], ...more };
  return speakerCandidates(sentence, NAMES, () => true, more.previous ?? null, new Offsets(text)).map(({ entry: found, text: words }) => [found.id, words]);
}

test('names in the sentence are candidates with their words, after a verb of saying first', () => {
  assert.deepEqual(candidates('التقى أوستن وفدا، وقالت الخارجية العراقية إن ذلك مهم'), [['mofa', 'الخارجية العراقية'], ['austin', 'أوستن']]);
});

const named = (text) => namedByVerbs(text).map(({ stretch }) => text.slice(...stretch));

test('the words between a verb of saying and what is said may name the speaker', () => {
  assert.deepEqual(named('قالت ريحانة مساء السبت إن الأسعار ثابتة'), ['ريحانة']);
  assert.deepEqual(named('وقالت هيئة الموانئ السروانية إن العقد انتهى'), ['هيئة الموانئ السروانية']);
  assert.deepEqual(named('أعلنت تلمار الأحد أن بوابتين ستفتحان'), ['تلمار']);
  assert.deepEqual(named('قال الناطق باسم نقابة الصيادين أمس السبت إنها تنتظر ردا'), ['الناطق باسم نقابة الصيادين']);
  assert.deepEqual(named('وأضاف هالفورسن: “سنعود حين تهدأ النفوس”'), ['هالفورسن']);
  assert.deepEqual(named('وقال الوردي في رسالة إلى الأعضاء (ثلاث صفحات): سنفتح السوق'), ['الوردي']);
  assert.deepEqual(named('قال الوزير:«إنّ العمل مستمر»،وأضاف:«لن نتوقف»'), ['الوزير']);
  assert.deepEqual(named('ونقل المكتب عن دلشاد قولها إن الأمر واضح'), ['دلشاد']);
  assert.deepEqual(named('وقَالَ عليُّ الساعدي إنَّ الأمر واضح'), ['عليُّ الساعدي']);
});

test('where nothing is said, or nobody is named, no words are offered', () => {
  assert.deepEqual(named('وأضاف أن الأمر واضح'), []);
  assert.deepEqual(named('وقال على منصة إكس إن الأمر واضح'), []);
  assert.deepEqual(named('رفضت النقابة الخطة أمس'), []);
  assert.deepEqual(named('قال'), []);
  assert.deepEqual(named('وأكد ضرورة «فتح السوق» وأهمية أن تعود السفن'), []);
  assert.deepEqual(named('وجاء أن المجلس قد رأى العقد «ناقصا»'), []);
  assert.deepEqual(named('وقال لـ«الرافدة» إن السوق فتحت'), []);
});

test('who does not want to be named is named by none of the words that say so', () => {
  assert.deepEqual(named('وقال مصدر رفض ذكر اسمه إن السوق فتحت'), ['مصدر']);
  assert.deepEqual(named('وقالت بائعة طلبت عدم كشف هويتها إن السوق فتحت'), ['بائعة']);
});

test('words after a verb of saying come after a known name near it, and before one that is far', () => {
  assert.deepEqual(candidates('قالت بغداد إن أوستن غائب'), [['words-5-10', 'بغداد'], ['austin', 'أوستن']]);
  assert.deepEqual(candidates('وقال المتحدث باسم أوستن إن الأمر واضح'), [['austin', 'أوستن'], ['words-5-23', 'المتحدث باسم أوستن']]);
  assert.deepEqual(candidates('🌊 وقال الوزير إن'), [['words-7-13', 'الوزير']]);
});

test('the longest alias wins, and attached particles belong to the words', () => {
  assert.deepEqual(candidates('وبحسب لويد أوستن فإن الأمر واضح'), [['austin', 'لويد أوستن']]);
  assert.deepEqual(candidates('اجتماع وأوستن غائب'), [['austin', 'وأوستن']]);
});

test('the speaker before and names of the sentences before come last, without words', () => {
  const found = candidates('وأضاف أن الأمر واضح', { previous: ENTRIES[2], before: [{ text: 'قال أوستن ذلك' }] });
  assert.deepEqual(found, [['mofa', null], ['austin', null]]);
});

test('of names with the same first words the longest that fits is found, the latest entry of that name first', () => {
  const [whole, part, here, there] = [entry('m1', 'وزير الخارجية العراقي'), entry('m2', 'وزير الخارجية'), entry('d1', 'مصدر أمني'), entry('d2', 'مصدر أمني')];
  const names = new Phrases();
  for (const one of [whole, part, here, there]) for (const name of one.folded) names.add(name, one);
  const found = (text, fits) => names.find(text, fits).map(({ meaning, stretch }) => [meaning.id, text.slice(...stretch)]);
  const text = 'قال وزير الخارجية العراقي لوزير الخارجية ما قاله مصدر أمني';
  assert.deepEqual(found(text), [['m1', 'وزير الخارجية العراقي'], ['m2', 'لوزير الخارجية'], ['d2', 'مصدر أمني']]);
  const fits = (one) => one !== whole && one !== there;
  assert.deepEqual(found(text, fits), [['m2', 'وزير الخارجية'], ['m2', 'لوزير الخارجية'], ['d1', 'مصدر أمني']]);
  assert.deepEqual([names.knows(fold('مصدر أمني'), fits), names.knows(fold('وزير الخارجية العراقي'), fits), names.knows(fold('مصدر'))], [true, false, false]);
});

test('marks made before are offered where the words come again, in code points, the latest label', () => {
  const phrases = new Phrases();
  phrases.add(fold('العراق'), 'LOC');
  phrases.add(fold('العراق'), 'GPE');
  phrases.add(fold('وزارة الخارجية'), 'ORG');
  const text = '🌊 في العراق وزارةُ الخارجية';
  const marked = [{ start: 12, end: 18, label: 'ORG' }];
  assert.deepEqual(entityCandidates(text, phrases, [], new Offsets(text)), [
    { start: 5, end: 11, text: 'العراق', label: 'GPE' },
    { start: 12, end: 27, text: 'وزارةُ الخارجية', label: 'ORG' },
  ]);
  assert.deepEqual(entityCandidates(text, phrases, marked, new Offsets(text)).map(({ text: words }) => words), ['العراق']);
});
