/** Switches of a running sandbox, changed by the control interface. */
export type Settings = {
  /** Requests in a window and account before 429; null = no limit. */
  rate_limit: number | null;
  /** Milliseconds of a window, and whether windows follow one another by the clock, or every one that can be laid counts. */
  rate_window_ms: number;
  rate_windows: 'clock' | 'sliding';
  /** Whether a client order id stays taken for ever, or only while its order is open. */
  client_order_ids: 'forever' | 'active';
  /** No order fills by itself while true. */
  hold_fills: boolean;
  /** Whether `/stream` can be opened; closing it drops what is open. */
  order_stream: 'open' | 'closed';
  /** Frames of `/stream`: JSON in binary frames (as paper accounts get) or in text frames. */
  frames: 'binary' | 'text';
  /** Share of eligible fills that come partially, 0 to 1. */
  partial_fills: number;
  /** The part of a minute's volume that all orders together may take; null = no cap. */
  volume_share: number | null;
  /** Real milliseconds from POST to `new`, and from DELETE or PATCH to its outcome. */
  ack_ms: number;
  cancel_ms: number;
};

export function defaultSettings(partialFills: number): Settings {
  return {
    rate_limit: null,
    rate_window_ms: 60_000,
    rate_windows: 'clock',
    client_order_ids: 'forever',
    hold_fills: false,
    order_stream: 'open',
    frames: 'binary',
    partial_fills: partialFills,
    volume_share: null,
    ack_ms: 20,
    cancel_ms: 20,
  };
}
