// The ring: a soft double tone. Browsers allow sound only after a first click or key, so it is armed then.

import { toSpeaker } from '../../shared/phone/soundDevices';

const HIGH = 480;
const LOW = 440;
const EVERY_MS = 2400;

export interface Ringer {
  ring(isRinging: boolean): void;
  /** One short ring, to hear whether the headset is on. */
  test(): void;
  /** How loud, in hundredths; a ring is never silent. */
  setVolume(volume: number): void;
  /** Another speaker was chosen. */
  useSpeaker(): void;
  close(): void;
}

/** Make the ringer; `tellArmed` hears once that the browser lets us make sound. */
export function createRinger(tellArmed: () => void): Ringer {
  let context: AudioContext | null = null;
  let timer = 0;
  let loudness = 0.6;

  function arm(): void {
    if (!('AudioContext' in window)) return;
    context ??= newContext();
    void context.resume().then(() => {
      if (context?.state !== 'running') return;
      window.removeEventListener('pointerdown', arm);
      window.removeEventListener('keydown', arm);
      tellArmed();
    });
  }

  function newContext(): AudioContext {
    const made = new AudioContext();
    toSpeaker(made);
    return made;
  }

  function beep(startsIn: number, pitch: number): void {
    if (!context) return;
    const at = context.currentTime + startsIn;
    const tone = context.createOscillator();
    const volume = context.createGain();
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0, at);
    const peak = 0.3 * loudness;
    volume.gain.linearRampToValueAtTime(peak, at + 0.02);
    volume.gain.setValueAtTime(peak, at + 0.3);
    volume.gain.linearRampToValueAtTime(0, at + 0.36);
    tone.connect(volume).connect(context.destination);
    tone.start(at);
    tone.stop(at + 0.4);
  }

  function once(): void {
    beep(0, HIGH);
    beep(0.4, LOW);
  }

  window.addEventListener('pointerdown', arm);
  window.addEventListener('keydown', arm);
  // Where the browser trusts this site with sound, nobody has to click first.
  arm();
  return {
    ring: (isRinging) => {
      window.clearInterval(timer);
      timer = 0;
      if (!isRinging) return;
      once();
      timer = window.setInterval(once, EVERY_MS);
    },
    test: () => {
      arm();
      once();
    },
    setVolume: (volume) => (loudness = Math.max(10, volume) / 100),
    useSpeaker: () => {
      if (context) toSpeaker(context);
    },
    close: () => {
      window.clearInterval(timer);
      window.removeEventListener('pointerdown', arm);
      window.removeEventListener('keydown', arm);
      void context?.close();
    },
  };
}
