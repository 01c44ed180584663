/** A start that can not succeed: its message is the one line shown to the operator. */
export class StartFailure extends Error {}

/** A refused request: an HTTP status and a JSON body. */
export class Refusal extends Error {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;

  constructor(status: number, body: Readonly<Record<string, unknown>>) {
    super(typeof body['message'] === 'string' ? body['message'] : `HTTP ${status}`);
    this.status = status;
    this.body = body;
  }
}

/** A refusal in the Trading API's shape: `{code, message, ...extras}`. */
export function refuse(
  status: number,
  code: number,
  message: string,
  extras: Readonly<Record<string, unknown>> = {},
): Refusal {
  return new Refusal(status, { code, message, ...extras });
}

/** 422 with code 40010001: the input itself is wrong. */
export function badInput(message: string): Refusal {
  return refuse(422, 40010001, message);
}

/** 422 with code 42210000: a business rule is broken. */
export function brokenRule(message: string, extras: Readonly<Record<string, unknown>> = {}): Refusal {
  return refuse(422, 42210000, message, extras);
}

/** 403 with code 40310000: not permitted for this account now. */
export function forbidden(message: string, extras: Readonly<Record<string, unknown>> = {}): Refusal {
  return refuse(403, 40310000, message, extras);
}

/** 404 with code 40410000. */
export function notFound(message: string): Refusal {
  return refuse(404, 40410000, message);
}
