/** Postgres text holds no NUL character: a name with one is nobody's, and must not be asked for. */
export const canBeStored = (name: string): boolean => !name.includes('\0');
