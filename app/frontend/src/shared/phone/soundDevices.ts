// Which microphone and which speaker this machine uses: kept in this browser, as devices belong to a machine.

const KEY = 'hotline-sound-devices';

export interface SoundDevices {
  /** Empty: what the system uses. */
  microphone: string;
  speaker: string;
}

export function keptDevices(): SoundDevices {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<SoundDevices>;
    return { microphone: String(kept.microphone ?? ''), speaker: String(kept.speaker ?? '') };
  } catch {
    return { microphone: '', speaker: '' };
  }
}

export function keepDevices(devices: SoundDevices): void {
  localStorage.setItem(KEY, JSON.stringify(devices));
}

/** What to ask the browser for: the chosen microphone if it is there, else any; a call must not fail for a headset left at home. */
export function microphoneWish(devices = keptDevices()): MediaTrackConstraints | true {
  return devices.microphone ? { deviceId: { ideal: devices.microphone } } : true;
}

type HasSink = { setSinkId?(id: string): Promise<void> };

/** Let a sound come out of the chosen speaker, where the browser can. */
export function toSpeaker(sound: object, devices = keptDevices()): void {
  const able = sound as HasSink;
  if (devices.speaker && able.setSinkId) void able.setSinkId(devices.speaker).catch(() => undefined);
}

/** How loud a piece of sound is, 0 to 1, as a level meter shows it: -60 dB and less is nothing. Pure. */
export function levelOf(samples: Float32Array): number {
  const mean = samples.reduce((sum, one) => sum + one * one, 0) / (samples.length || 1);
  const decibels = 10 * Math.log10(mean || 1e-12);
  return Math.min(1, Math.max(0, (decibels + 60) / 60));
}
