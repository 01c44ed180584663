/**
 * A stand-in for an EventStoreDB node, for tests: the real protocol over gRPC, on a port of the loopback interface, with
 * the rules of a real node, and faults on demand.
 */
import gossip from '@eventstore/db-client/generated/gossip_pb.js';
import { GossipService } from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import serverFeatures from '@eventstore/db-client/generated/serverfeatures_pb.js';
import { ServerFeaturesService } from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import { StreamsService } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { AppendReq, AppendResp, ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import type { TombstoneReq, TombstoneResp } from '@eventstore/db-client/generated/streams_pb.js';
import {
  Server,
  ServerCredentials,
  status,
  type Metadata,
  type sendUnaryData,
  type ServerReadableStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type ServiceError,
} from '@grpc/grpc-js';

import { freePort } from '../../../src/bootstrap/free-port.ts';
import { createLog, type Log, type Proposal } from './log.ts';
import { appendAnswer, failure, notLeaderError, streamNameOf, toExpected, toProposal } from './messages.ts';
import { answerRead, answerSubscription, isSubscription } from './reading.ts';

/** What happens to one append: is it stored, and what is the answer? Without one the caller waits in vain. */
export interface AppendFault {
  /** `late`: only when the next append has come and was stored. */
  readonly stores: boolean | 'late';
  readonly answer?: ServiceError;
}

export const UNAVAILABLE = failure(status.UNAVAILABLE, 'The server is not ready');
export const WRITE_TIMED_OUT = failure(status.ABORTED, 'Operation timed out');

export interface StandIn {
  /** For `createEventStoreDbStore`. */
  readonly url: string;
  readonly port: number;
  log(): Log;
  /** How many appends have come, faulty ones too. */
  appends(): number;
  /** How many reads have come, without subscriptions. */
  reads(): number;
  /** Faults of the appends to come, one each. */
  failAppends(...faults: readonly AppendFault[]): void;
  /** Makes it a follower of the leader at another port: it says so to who asks for the cluster or needs the leader. */
  followLeader(port: number): void;
  /** From now on no read and no subscription gets a word; or, with `false`, they do again. */
  muteReads(isMute: boolean): void;
  /** The subscriptions that are open now, in the order they came, and how many events were sent to each. */
  subscriptions(): readonly { readonly sent: number }[];
  /** Ends all open subscriptions, with an error or in good order. */
  dropSubscriptions(how: ServiceError | 'in good order'): void;
  /** Breaks all connections and no longer listens. The log stays. */
  stop(): Promise<void>;
  /** Listens again, on the same port; with another log, as after a backup was restored. */
  start(log?: Log): Promise<void>;
}

/** Starts a stand-in with an empty log, or with one of another stand-in. */
export async function startStandIn(first: Log = createLog()): Promise<StandIn> {
  const port = await freePort();
  const faults: AppendFault[] = [];
  const late: (() => void)[] = [];
  const open = new Map<ServerWritableStream<ReadReq, ReadResp>, { sent: number }>();
  let log = first;
  let appends = 0;
  let reads = 0;
  let isMute = false;
  let leaderPort = port;
  let server: Server | undefined;

  const needsOtherNode = (metadata: Metadata): boolean =>
    leaderPort !== port && metadata.get('requires-leader')[0] === 'true';

  function append(call: ServerReadableStream<AppendReq, AppendResp>, callback: sendUnaryData<AppendResp>): void {
    const proposals: Proposal[] = [];
    let options: AppendReq.Options | undefined;
    call.on('data', (message: AppendReq) => {
      options ??= message.getOptions();
      const proposed = message.getProposedMessage();
      if (proposed !== undefined) proposals.push(toProposal(proposed));
    });
    call.on('end', () => {
      if (needsOtherNode(call.metadata)) {
        callback(notLeaderError('127.0.0.1', leaderPort));
        return;
      }
      appends += 1;
      const fault = faults.shift();
      const stream = streamNameOf(options!.getStreamIdentifier()!.getStreamName_asU8());
      const expected = toExpected(options!);
      const store = (): void => {
        const appended = log.append(stream, expected, proposals);
        const answer = appendAnswer(appended, { stream, expected, maxAppendSize: log.maxAppendSize });
        if (fault === undefined) reply(answer, callback);
      };
      if (fault?.stores === 'late') late.push(store);
      else if (fault?.stores !== false) {
        store();
        for (const other of late.splice(0)) other();
      }
      if (fault?.answer !== undefined) callback(fault.answer);
    });
  }

  function read(call: ServerWritableStream<ReadReq, ReadResp>): void {
    call.on('error', () => {});
    if (isMute) return;
    if (needsOtherNode(call.metadata)) {
      call.emit('error', notLeaderError('127.0.0.1', leaderPort));
      return;
    }
    if (!isSubscription(call.request)) {
      reads += 1;
      void answerRead(log, call);
      return;
    }
    const counted = { sent: 0 };
    open.set(call, counted);
    for (const event of ['cancelled', 'close']) call.once(event, () => open.delete(call));
    void answerSubscription(log, call, () => (counted.sent += 1));
  }

  function tombstone(call: ServerUnaryCall<TombstoneReq, TombstoneResp>, callback: sendUnaryData<TombstoneResp>): void {
    log.tombstone(streamNameOf(call.request.getOptions()!.getStreamIdentifier()!.getStreamName_asU8()));
    callback(null, new streams.TombstoneResp());
  }

  function tellLeader(_call: unknown, callback: sendUnaryData<InstanceType<typeof gossip.ClusterInfo>>): void {
    const endPoint = new gossip.EndPoint();
    endPoint.setAddress('127.0.0.1');
    endPoint.setPort(leaderPort);
    const member = new gossip.MemberInfo();
    member.setState(gossip.MemberInfo.VNodeState.LEADER);
    member.setIsAlive(true);
    member.setHttpEndPoint(endPoint);
    const cluster = new gossip.ClusterInfo();
    cluster.addMembers(member);
    callback(null, cluster);
  }

  async function start(other: Log = log): Promise<void> {
    log = other;
    server = new Server();
    server.addService(StreamsService, { read, append, tombstone });
    server.addService(ServerFeaturesService, { getSupportedMethods });
    server.addService(GossipService, { read: tellLeader });
    await new Promise<void>((resolve, reject) => {
      server!.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error) =>
        error === null ? resolve() : reject(error),
      );
    });
  }

  await start();
  return {
    url: `esdb://127.0.0.1:${port}?tls=false`,
    port,
    log: () => log,
    start,
    appends: () => appends,
    reads: () => reads,
    failAppends: (...given) => void faults.push(...given),
    followLeader(named) {
      leaderPort = named;
    },
    muteReads(wanted) {
      isMute = wanted;
    },
    subscriptions: () => [...open.values()],
    dropSubscriptions(how) {
      for (const call of open.keys()) {
        if (how === 'in good order') call.end();
        else call.emit('error', how);
      }
      open.clear();
    },
    async stop() {
      server?.forceShutdown();
      open.clear();
    },
  };
}

function reply(answer: AppendResp | ServiceError, callback: sendUnaryData<AppendResp>): void {
  if (answer instanceof Error) callback(answer);
  else callback(null, answer);
}

/** As a real node does, it offers the batch append, which the stand-in lacks: nobody here must use it. */
function getSupportedMethods(
  _call: unknown,
  callback: sendUnaryData<InstanceType<typeof serverFeatures.SupportedMethods>>,
): void {
  const method = new serverFeatures.SupportedMethod();
  method.setMethodName('batchappend');
  method.setServiceName('event_store.client.streams.streams');
  const methods = new serverFeatures.SupportedMethods();
  methods.setEventStoreServerVersion('24.10.4');
  methods.addMethods(method);
  callback(null, methods);
}
