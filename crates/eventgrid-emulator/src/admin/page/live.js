// Live updates: what is shown is asked for again, as long as somebody looks.

// In milliseconds.
const INTERVAL = 1000;
const INTERVAL_AFTER_FAILURE = 3000;

let wake = () => {};

/** Asks now for what is shown, because it was changed here. */
export function refreshSoon() {
  wake();
}

/**
 * Calls `refresh` again and again, one call after the other, until the signal. A hidden tab asks
 * for nothing, and asks at once when it is shown again. What takes its time, such as a page of
 * large events, is asked for less often: at most a fifth of the time is spent on it. `refresh`
 * returns whether it was successful.
 */
export async function keepUpToDate(refresh, signal) {
  while (!signal.aborted) {
    if (document.hidden) await shown(signal);
    if (signal.aborted) return;
    const began = performance.now();
    const isSuccess = await refresh();
    const took = performance.now() - began;
    await pause(Math.max(isSuccess ? INTERVAL : INTERVAL_AFTER_FAILURE, took * 4), signal);
  }
}

function shown(signal) {
  return new Promise((resolve) => {
    const look = () => {
      if (document.hidden && !signal.aborted) return;
      document.removeEventListener("visibilitychange", look);
      signal.removeEventListener("abort", look);
      resolve();
    };
    document.addEventListener("visibilitychange", look);
    signal.addEventListener("abort", look);
  });
}

function pause(milliseconds, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener("abort", done);
    wake = done;
    function done() {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    }
  });
}
