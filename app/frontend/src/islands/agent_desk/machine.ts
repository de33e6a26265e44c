// The name of this browser on this machine: how a desk tells that it was taken over on another one.

const KEY = 'hotline-machine';

export function thisMachine(): string {
  try {
    const kept = localStorage.getItem(KEY);
    if (kept) return kept;
    const made = nameOfItsOwn();
    localStorage.setItem(KEY, made);
    return made;
  } catch {
    return nameOfItsOwn();
  }
}

export function nameOfItsOwn(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((one) => one.toString(16).padStart(2, '0')).join('');
}
