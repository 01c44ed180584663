/** The venue's own arithmetic: shares in thousandths and dollars in cents, as whole numbers. It shares nothing with the product. */
export type Thousandths = number;
export type Cents = number;

export const shares = (text: string): Thousandths => Math.round(Number(text) * 1000);
export const sharesText = (amount: Thousandths): string => String(amount / 1000);
export const dollarsText = (amount: Cents): string => String(amount / 100);
