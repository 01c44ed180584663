// Runs before the first paint, so that a kept choice of theme never flashes. The key is the one of src/ui/theme.ts.
try {
  const kept = localStorage.getItem('tradsy.theme');
  if (kept === 'dark' || kept === 'light') document.documentElement.dataset.theme = kept;
} catch {
  // Storage is switched off in this browser: the system's theme applies.
}
