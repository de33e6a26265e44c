// Does sound arrive? Watched by the packets that come in, because a dead line looks healthy elsewhere.

/** Silence on the wire that long means the line is broken. */
export const SOUND_GAP_MS = 1500;
const LOOK_EVERY_MS = 500;
const FIRST_LOOKS_EVERY_MS = 100;

/** One look at a peer connection. */
export interface SoundReading {
  at: number;
  packetsIn: number;
  packetsOut: number;
  /** Answers of the far side to the checks of the path; they come without sound as well. */
  pathAnswers: number;
  energy: number;
  ice: RTCIceConnectionState;
}

export interface Health {
  reading: SoundReading;
  lastInboundAt: number | null;
  lastPathAnswerAt: number | null;
}

/** Put a new look beside what was known. Pure. */
export function nextHealth(before: Health | null, reading: SoundReading): Health {
  const last = before?.reading;
  return {
    reading,
    lastInboundAt:
      reading.packetsIn > (last?.packetsIn ?? 0) ? reading.at : (before?.lastInboundAt ?? null),
    lastPathAnswerAt:
      reading.pathAnswers > (last?.pathAnswers ?? 0) ? reading.at : (before?.lastPathAnswerAt ?? null),
  };
}

/** True while packets arrived within the last second and a half. Pure. */
export function soundArrives(health: Health | null, now: number): boolean {
  return health?.lastInboundAt != null && now - health.lastInboundAt <= SOUND_GAP_MS;
}

export type Verdict = 'wait' | 'healed' | 'far_side_silent' | 'restart';

const HEALS_WITHIN_MS = 500;
const PATH_ANSWERS_WITHIN_MS = 3000;

/**
 * What to do about a line without sound, once the server answers again (`networkBackAt`). Pure.
 *
 * A short cut heals by itself. A path that is declared broken, or that stays quiet, needs a new
 * phone. A path that answers while no sound comes is a caller's side that sends none: a new phone
 * would not help, and would cut the conversation again and again.
 */
export function judge(picture: { health: Health | null; networkBackAt: number | null; now: number }): Verdict {
  const { health, networkBackAt, now } = picture;
  if (networkBackAt === null) return 'wait';
  if ((health?.lastInboundAt ?? -Infinity) > networkBackAt) return 'healed';
  const ice = health?.reading.ice ?? 'closed';
  if (ice === 'failed' || ice === 'closed' || ice === 'disconnected') return 'restart';
  if (now - networkBackAt < HEALS_WITHIN_MS) return 'wait';
  if ((health?.lastPathAnswerAt ?? -Infinity) > networkBackAt) return 'far_side_silent';
  return now - networkBackAt > PATH_ANSWERS_WITHIN_MS ? 'restart' : 'wait';
}

const CONNECTS_WITHIN_MS = 1000;
const MOST_DOUBLINGS = 4;

/**
 * An answered call whose sound finds no path, `talkedFor` milliseconds after the answer. Pure.
 *
 * Just after a cut the browser may not know its network yet and offers the far side no address:
 * such a connection never comes alive. Each fruitless phone before doubles the patience, so that a
 * slow network is not rung for ever.
 */
export function neverConnects(health: Health | null, talkedFor: number, fruitless: number): boolean {
  if (health === null || health.lastInboundAt !== null) return false;
  if (health.reading.ice === 'connected' || health.reading.ice === 'completed') return false;
  return talkedFor > CONNECTS_WITHIN_MS * 2 ** Math.min(fruitless, MOST_DOUBLINGS);
}

/** Look once. */
export async function readSound(peer: RTCPeerConnection): Promise<SoundReading> {
  const reading: SoundReading = {
    at: 0, packetsIn: 0, packetsOut: 0, pathAnswers: 0, energy: 0, ice: peer.iceConnectionState,
  };
  const report = await peer.getStats();
  report.forEach((row: Record<string, unknown>) => {
    if (row['type'] === 'inbound-rtp') {
      reading.packetsIn += Number(row['packetsReceived'] ?? 0);
      reading.energy += Number(row['totalAudioEnergy'] ?? 0);
    } else if (row['type'] === 'outbound-rtp') {
      reading.packetsOut += Number(row['packetsSent'] ?? 0);
    } else if (row['type'] === 'candidate-pair') {
      reading.pathAnswers += Number(row['responsesReceived'] ?? 0);
    }
  });
  reading.at = performance.now();
  return reading;
}

export interface SoundWatch {
  /** Look now, besides the regular looks. */
  look(): Promise<void>;
  stop(): void;
}

/** Look at a connection twice a second, more often until the first sound, and tell what is known. */
export function watchSound(peer: RTCPeerConnection, tell: (health: Health) => void): SoundWatch {
  let health: Health | null = null;
  let isStopped = false;

  async function look(): Promise<void> {
    const reading = await readSound(peer);
    if (isStopped) return;
    health = nextHealth(health, reading);
    tell(health);
  }

  async function goOn(): Promise<void> {
    await look().catch(() => undefined);
    if (isStopped) return;
    const isFirst = health === null || health.lastInboundAt === null;
    timer = window.setTimeout(() => void goOn(), isFirst ? FIRST_LOOKS_EVERY_MS : LOOK_EVERY_MS);
  }

  let timer = 0;
  void goOn();
  return {
    look,
    stop: () => {
      isStopped = true;
      window.clearTimeout(timer);
    },
  };
}
