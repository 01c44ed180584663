/** An order that was placed at the scripted desk and is still to be sent, for the tests beside this file. */
import { cause, openDesk, unstopped } from './order-path.suite.ts';
import { createConfirmOrder } from './confirm-order.ts';
import { createSubmitOrder } from './submit-order.ts';

export async function placedOrder() {
  const desk = await openDesk();
  const answer = await desk.placeOrder(desk.order());
  if (answer.kind !== 'placed') throw new Error(answer.kind);
  const submit = createSubmitOrder(desk.needs);
  const confirm = createConfirmOrder(desk.needs);
  return {
    ...desk,
    orderId: answer.orderId,
    submit: (signal = unstopped) => submit(answer.orderId, cause, signal),
    confirm: () => confirm(answer.orderId, cause),
    types: () => desk.typesOf(answer.orderId),
  };
}
