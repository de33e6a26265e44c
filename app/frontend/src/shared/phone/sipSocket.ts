// The phone's WebSocket, with two habits more: it gives up a slow start, and it can be dropped dead.
import JsSIP from 'jssip';

const OPENS_WITHIN_MS = 2500;

/** The parts of JsSIP's socket that a subclass has to know. */
interface Inside {
  _ws: WebSocket | null;
  isConnecting(): boolean;
  ondisconnect(error: boolean, code?: number, reason?: string): void;
}

/**
 * A connection begun during a network cut can hang for a minute: give up early, JsSIP tries again.
 *
 * `drop()` closes at once and swallows all that is still said: ending the old session politely would
 * hang up on a caller whom the exchange keeps for us.
 */
export class SipSocket extends JsSIP.WebSocketInterface {
  private isDropped = false;

  override connect(): void {
    if (this.isDropped) return;
    super.connect();
    const inside = this as unknown as Inside;
    const attempt = inside._ws;
    window.setTimeout(() => {
      if (inside._ws === attempt && inside.isConnecting()) this.giveUp();
    }, OPENS_WITHIN_MS);
  }

  /** Close this connection as one that failed; JsSIP begins another. */
  giveUp(): void {
    if (this.isDropped) return;
    super.disconnect();
    (this as unknown as Inside).ondisconnect(true);
  }

  override send(message: string | ArrayBufferLike | Blob | ArrayBufferView): boolean {
    return this.isDropped ? true : super.send(message);
  }

  drop(): void {
    this.isDropped = true;
    super.disconnect();
  }
}
