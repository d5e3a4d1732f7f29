/** Every constant of the protocol and of recovery, with its unit and its reason. */

export const protocolVersion = 1;

/** People in the call, oneself included: what a mesh carries on an ordinary uplink. */
export const defaultMaxParticipants = 8;

/** Characters of a display name; longer ones are cut. */
export const maxNameLength = 64;

/** Characters of an id (peer, session, room, nonce). */
export const maxIdLength = 64;

/** Characters of one chat message. */
export const maxTextLength = 8192;

/** Texts of the call that are kept. */
export const maxMessages = 200;

/** Characters of one message: fits every common relay, and an SDP for eight people stays under 32 Ki. */
export const maxMessageLength = 128 * 1024;

/** Media sections in one description: a call has three. */
export const maxMediaSections = 32;

/** Candidates taken per connection: a host with many interfaces and two TURN servers has about forty. */
export const maxCandidates = 100;

/** Incoming messages: sustained rate a second and burst, for all senders together. */
export const maxMessagesPerSecond = 100;
export const maxMessageBurst = 400;

/** Sessions that said hello but have not proved that they hear us. */
export const maxUnconfirmedSessions = 8;
export const unconfirmedTimeoutMs = 15_000;

/** `hello` repeats with back-off while the call is started, so that lost ones do not matter. */
export const helloIntervalsMs = [500, 1000, 2000, 4000, 5000] as const;

/** First retransmission when the round trip is unknown; later ones back off by the factor up to the maximum. */
export const retransmitInitialMs = 300;
export const retransmitMinMs = 200;
export const retransmitMaxMs = 2000;
export const retransmitFactor = 1.5;

/** A missing message is repeated every 2 s; without it for so long it never comes, and both sides begin anew. */
export const stallTimeoutMs = 20_000;

/** An acknowledgement waits this long for a message to ride on. */
export const ackDelayMs = 40;

/** What is answered by a message waits for that one: an offer or answer takes the browser tens of milliseconds. */
export const replyAckDelayMs = 150;

/** Candidates are born some milliseconds apart, in tasks of their own: so many travel together. */
export const candidateGatherMs = 5;

/** A participant of whom nothing was heard for so long leaves. */
export const silenceTimeoutMs = 90_000;

/** Signs of life in the data channel, and how long one of them shows that the other side is there. */
export const heartbeatMs = 500;
export const freshMs = 1250;

/**
 * Nothing arrives for so long: the connection is lost. Browsers say `disconnected` after 6 to 7.5 s, but a change of
 * network that no event tells of must be over in 4 s. What it costs is in docs/decisions/0012.
 */
export const silenceMs = 2500;

/** The same after a sign that the network has changed. */
export const suspicionMs = 1000;

/** Changes of the network come in groups: they are acted on once, after this. */
export const networkChangeMs = 100;

/** A page that may only be reloaded has so long to come back. */
export const reloadGraceMs = 5000;

/** What seems to end a connection that stands has so long to prove itself: silence shows it sooner, a reload is over. */
export const byeCheckMs = reloadGraceMs + 1000;
export const byeCheckIntervalMs = 250;

/** `disconnected` is left alone this long: most of them heal by themselves. */
export const disconnectedGraceMs = 1000;

/** The same from the answer on: with both descriptions a path is found in tenths of a second, or the restart is stuck. */
export const restartSettleMs = 1500;

/** A picture that comes back is sent whole at once, and again after this. */
export const keyFrameRepeatMs = 500;

/** After a restart a link has this long to be connected again before a new connection is built. */
export const restartTimeoutMs = 5000;

/** A new connection has this long to stand: browsers call a path that they can not find `failed` at about that time. */
export const connectTimeoutMs = 15_000;

/** How far the generation of an offer may be ahead of ours: each of its forerunners may have been lost. */
export const maxGenerationStep = 16;

/** New connections a minute and participant: Chromium refuses after 500 a page. */
export const maxRebuildsPerMinute = 5;

/** A link whose gathering began without device permission gets this long after the grant. */
export const permissionRebuildMs = 2000;

/** How long `iceServersProvider` may take. */
export const iceServersTimeoutMs = 5000;

/** After `iceServersProvider` took too long nothing waits for it for so long: each wait would delay the recovery. */
export const iceServersDistrustMs = 30_000;

/** The same fault in the background is reported once in this time. */
export const errorIntervalMs = 60_000;

/** Past the limit of rebuilds, the pause before the next. */
export const rebuildPauseMs = 15_000;

/** Without a repeated hello for so long, a caller is taken to be gone: two of the longest hello intervals and a bit. */
export const incomingTimeoutMs = 12_000;

/** How long `diagnose()` waits for each thing that it tries: a slow TURN server over TCP answers within 3 s. */
export const probeTimeoutMs = 6000;

/** How often who speaks is looked at: sooner than a ring may appear, and not in step with a ringing tone. */
export const levelIntervalMs = 110;

/**
 * A microphone is measured only so long after it opened, or was first watched: an audio context holds the page up for
 * 10 to 80 ms, and just then a call begins.
 */
export const meterDelayMs = 500;

/** Sound above −40 dB of full scale counts as speech: noise suppression leaves less of a quiet room. */
export const speakingLevel = 0.01;

/** Speech goes on through pauses of this length, so that the mark does not flicker between words. */
export const speakingHoldMs = 800;

/** How often the statistics of each connection are read. */
export const qualityIntervalMs = 1500;

/** A quality that differs must be seen so often in a row: trouble after 3 s, relief only after 6 s. */
export const worseAfterSamples = 2;
export const betterAfterSamples = 4;

/** From where a connection is fair, and from where it is poor. */
export const qualityLimits = {
  /** Share of packets lost: repair hides a few; from a tenth on words are missing and pictures stop. */
  loss: [0.03, 0.1],
  /** Share of the time in which the picture stood still. */
  freeze: [0.05, 0.2],
  /** Round trip in seconds: the limits of ITU-T G.114 for one way (150 and 400 ms), twice. */
  roundTripS: [0.3, 0.8],
  /** Variation of arrival in seconds: what a usual buffer hides, and what it can not. */
  jitterS: [0.05, 0.15],
  /** Bits a second that can be sent, turned around: a small picture; sound and hardly a picture. */
  bandwidthBits: [-200_000, -80_000],
} as const;

/** A report of the other side about what it receives is used no longer: browsers renew it every 5 s at the latest. */
export const reportLifetimeMs = 6000;

/** Bits a second for all pictures that this side sends together: what an ordinary uplink carries. */
export const maxUplinkBits = 4_000_000;

/** Bits a second for one picture, at most, and at least: below, no codec makes a picture that moves. */
export const maxVideoBits = 2_500_000;
export const minVideoBits = 60_000;

/** Heights of pictures that are asked for, so that small changes of a layout change nothing. */
export const viewHeights = [90, 180, 270, 360, 540, 720, 1080] as const;

/** Layouts settle in several steps; only the last one is told. */
export const viewDelayMs = 400;

/** A foreign page that closed its connection keeps its place for so long: a reload takes a second or two. */
export const closedGraceMs = 5000;

/** While a connection stands, bytes come at least so often: sound has 50 packets a second. */
export const closedProbeMs = 1000;
