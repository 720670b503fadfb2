// Short tones, one pattern a kind, made here: nothing is fetched. Silent until the browser allows
// sound (a first click or key), and where it is muted.

import { isOn } from "./settings.js";

const TONES = { fill: [880, 1320], reject: [220, 165], alert: [440, 440] };
const APART_SECONDS = 0.09;
const LENGTH_SECONDS = 0.15;
const LOUDNESS = 0.06;
/** Many fills at once are one sound. */
const REST_MILLIS = 120;

let audio;
let soundedAt = -Infinity;

export function sound(kind) {
  if (!TONES[kind] || !isOn("sound") || !isOn(`sound_${kind}`)) return;
  if (!navigator.userActivation?.hasBeenActive) return;
  if (performance.now() - soundedAt < REST_MILLIS) return;
  soundedAt = performance.now();
  audio ??= new AudioContext();
  TONES[kind].forEach((frequency, index) => play(frequency, index * APART_SECONDS));
}

function play(frequency, after) {
  const begins = audio.currentTime + after;
  const tone = audio.createOscillator();
  const volume = audio.createGain();
  tone.frequency.value = frequency;
  volume.gain.setValueAtTime(LOUDNESS, begins);
  volume.gain.exponentialRampToValueAtTime(0.0001, begins + LENGTH_SECONDS - 0.01);
  tone.connect(volume).connect(audio.destination);
  tone.start(begins);
  tone.stop(begins + LENGTH_SECONDS);
}
