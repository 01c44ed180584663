/** Something that keeps the product from starting and that the person who started it can mend; one clear line. */
export class StartupError extends Error {
  override readonly name = 'StartupError';
}
