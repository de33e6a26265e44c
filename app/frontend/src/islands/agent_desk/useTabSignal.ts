// What the browser's tab says of the desk, for an agent who looks elsewhere.
import { onScopeDispose, watch, type ComputedRef } from 'vue';
import { useI18n } from 'vue-i18n';

import type { BarState } from './barState';
import type { Offer } from './deskTypes';
import { flashTab, signalTab } from './tabSignal';

interface Shown {
  siteName: string;
  isRinging: ComputedRef<boolean>;
  bar: ComputedRef<BarState | null>;
  offer: ComputedRef<Offer | null>;
}

/** A ring flashes; talking and a lost line have colours of their own. */
export function useTabSignal({ siteName: site, isRinging, bar, offer }: Shown): void {
  const { t, locale } = useI18n();
  let stopFlash: () => void = () => undefined;
  watch([isRinging, bar, locale], () => {
    stopFlash();
    const kind = bar.value?.kind;
    const word = bar.value ? t(bar.value.word) : '';
    if (isRinging.value) {
      const line = offer.value?.line.name ?? t('ring.alone_title');
      stopFlash = flashTab([`● ${line} · ${site}`, `○ ${t('state.offered')} · ${line}`], '#d97706');
    }
    else if (kind === 'talking') signalTab(`${word} · ${site}`, '#1d5fb4');
    else if (kind === 'line_lost' || kind === 'link_lost') signalTab(`! ${word} · ${site}`, '#b42318');
    else signalTab(`${word} · ${site}`, null);
  });
  onScopeDispose(() => stopFlash());
}
