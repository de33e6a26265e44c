// A notice of the operating system while it rings behind another window: the line, never a caller's number.

export interface RingNotice {
  show(title: string, text: string): void;
  close(): void;
}

export function createRingNotice(): RingNotice {
  let notice: Notification | null = null;
  return {
    show: (title, text) => {
      if (notice || typeof Notification === 'undefined' || Notification.permission !== 'granted' || document.hasFocus()) return;
      notice = new Notification(title, { body: text, tag: 'hotline-ring', requireInteraction: true });
      notice.onclick = () => {
        window.focus();
        notice?.close();
      };
    },
    close: () => {
      notice?.close();
      notice = null;
    },
  };
}
