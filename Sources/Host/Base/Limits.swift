// Every bound of the host, with its reason. A limit that is hit is an answer to the client or a
// line in the log, never a crash.

package enum Limits {
    // Loop.

    /// Events taken from epoll at once; more stay in the kernel for the next turn.
    package static let eventsPerTurn = 512
    /// An idle loop still turns this often, so that the supervisor sees it live.
    package static let heartbeatMillis: Int32 = 500

    // HTTP. Sizes in bytes.

    /// One request line; longer ones get 414.
    package static let requestLineBytes = 8_192
    /// All header lines of a request together; more gets 431.
    package static let headerBytes = 16_384
    /// Header lines of a request; more gets 431.
    package static let headerCount = 100
    /// Chunk extensions of one body together, which nothing uses; more gets 400.
    package static let chunkExtensionBytes = 1_024
    /// A request body, chunked or not; more gets 413. A batch of 100 orders is about 40 KB.
    package static let bodyBytes = 1_048_576
    /// Requests of one connection that wait for their answers; beyond, it isn't read from.
    package static let pipelinedRequests = 64
    /// Open client connections of a worker; more are answered 503 and closed.
    package static let connections = 10_000
    /// A connection that is idle between requests is closed after this.
    package static let idleMillis = 75_000
    /// A request must arrive whole within this, or gets 408: a slow sender can't hold a place.
    package static let requestMillis = 15_000
    /// Bytes waiting to be sent to one client before it counts as not reading and is cut off.
    package static let outboxBytes = 4_194_304
    /// Answered connections in excess of `connections`: each is told 503; more are just closed.
    package static let refusedConnections = 256
    /// Connections accepted in one turn of the loop, so that a storm of them can't hold up orders.
    package static let acceptsPerTurn = 64
    /// Wait before accepting again, after the process has run out of descriptors.
    package static let acceptPauseMillis = 100
    /// Unsent bytes from which on no further request of the connection is read.
    package static let outboxPauseBytes = 262_144
    /// What the kernel may hold for a client beside our own buffers, so that clients that don't read
    /// cost a known amount of memory.
    package static let socketSendBytes = 262_144
    /// A client that takes nothing of what waits for it is cut off after this.
    package static let stallMillis = 30_000
    /// After the last answer the connection stays half open for this, or until the client closes,
    /// so that the client can read the answer before a reset destroys it.
    package static let drainMillis = 2_000
    /// How often connections are looked at for the times above; timeouts are this inexact.
    package static let sweepMillis = 1_000
    /// One read from a socket.
    package static let readBytes = 65_536

    // WebSocket.

    /// A message from a client, all fragments together; more closes with 1009.
    package static let webSocketMessageBytes = 1_048_576
    /// Channels that one socket may be subscribed to.
    package static let subscriptionsPerSocket = 256
    /// Messages a second from a socket's client; a message of more is refused and not acted on.
    package static let socketMessagesPerSecond: Int64 = 100
    /// So many may come at once: a page that subscribes to all it shows.
    package static let socketMessagesAtOnce: Int64 = 300
    /// Time between pings; two unanswered ones end the connection.
    package static let pingMillis = 20_000

    // Who may.

    /// Calls a second, worker and key, beside orders and cancels: what many pages and a busy program
    /// need together.
    package static let requestsPerSecond: Int64 = 2_000
    /// Failed sign-ins a second and address; more are answered 429. A right key is never held up.
    package static let failedSignInsPerSecond: Int64 = 5
    /// Addresses that failed lately; those beyond share one allowance.
    package static let signInAddresses = 4_096
    /// Entries of the audit log that one filtered request looks through.
    package static let auditEntriesScanned = 5_000
    /// How often open sockets are looked at for keys and sessions that ended unseen.
    package static let accessCheckMillis = 500

    // JSON.

    /// Nesting of arrays and objects; deeper is malformed. Our deepest body has three levels.
    package static let jsonDepth = 32

    // Trading. Lengths in bytes.

    package static let clientOrderIdBytes = 36
    package static let symbolBytes = 20
    package static let tagBytes = 32
    package static let nameBytes = 100
    /// A group's id; the script's GROUP_BYTES.
    package static let groupBytes = 32
    /// Why a trade is taken back; the script's REASON_BYTES.
    package static let bustReasonBytes = 120
    package static let descriptionBytes = 200
    package static let paramsBytes = 2_048
    /// Decimal places of a price or quantity.
    package static let scale = 9
    /// Children that one call of an order type may place; the largest of ours places two.
    package static let childrenPerCall = 10
    /// All that a family may ever have, ended ones included: an hour's slices of 7 seconds.
    package static let childrenPerFamily = 500
    /// Fills of one script call; what is left then is the next call's. 1,000 fills
    /// took 22 ms of Redis's processor with 20 accounts on the other side, 47 ms with 900, on a
    /// busy machine: a block that clients hardly notice, and more than a book's sweep needs.
    package static let fillsPerCall = 1_000
    /// Triggers that fire and trails that move in one script call; what is left is the next one's.
    package static let triggersPerCall = 200
    /// How long a symbol's work may lie before any host that sees it takes it up: its own host needs
    /// some milliseconds for the next call.
    package static let workLeftMillis: Int64 = 200
    /// Expired orders ended by one script call.
    package static let expiriesPerCall = 100

    /// A read that waits for the picture or the lists to come as far as clients were told is answered
    /// 503 after this: as long as a command waits for Redis.
    package static let waitMillis = 3_000
    /// Reads that wait so at once; a further one is answered 503 at once.
    package static let waitingReads = 16_384
    /// How often they are looked at.
    package static let waitCheckMillis = 250

    /// Orders of one batch: some 5 ms of the loop.
    package static let batchOrders = 100

    // Keys and sessions. The script refuses beyond, too.

    package static let accountsPerKey = 100
    /// Keys that aren't revoked.
    package static let keys = 1_000
    package static let sessions = 10_000
    /// Of one key; with a further one the oldest ends, so that nobody takes all the places.
    package static let sessionsPerKey = 50
    /// A day's work at a desk; then the page asks for the key again.
    package static let sessionHours = 12
    /// Orders a second and key, unless the key says otherwise.
    package static let ordersPerSecondDefault: Int64 = 1_000
    /// Above what one Redis can match; 0 means no limit at all.
    package static let ordersPerSecondMaximum: Int64 = 1_000_000

    // Lists.

    package static let listDefault = 100
    package static let listMaximum = 1_000
    /// Steps of one order's history that are shown, the newest; 270_project.lua keeps the places of
    /// one more.
    package static let historySteps = 1_000
    /// Places between two steps of an order that are read along with them, to spare a command.
    package static let historyGap = 8
    /// The most executions of one event: both sides of each fill, the expiries, the order's own.
    package static let stepsPerEvent = 2 * fillsPerCall + expiriesPerCall + 2
    /// Items that one request of a filtered list reads; then it answers what it has found, and the
    /// next page goes on. Some 5 ms of Redis's time in all.
    package static let itemsPerScan = 5_000
    /// Of these at once: about 0.3 ms.
    package static let itemsPerScanStep = 500
    /// Ledger lines that one statement goes through, to sum up what was there before its day: some
    /// 2 s in pages.
    package static let statementLines = 1_000_000
    /// Lines of the statement's own day: some 15 MB.
    package static let statementDayLines = 100_000
    package static let bookDepthDefault = 50
    package static let bookDepthMaximum = 1_000
    /// Events whose orders, trades, executions and ledger entries the projector lists in one call:
    /// some 4,000 items, about 3 ms of Redis's time, however far behind the lists are.
    package static let eventsPerProjection = 512
    /// Their sections together: a sweep of 1,000 fills has some 6,000 by itself, and is one call.
    package static let changesPerProjection = 4_096
    /// How long events that nobody waits for are gathered before they are listed.
    package static let projectionMillis = 10
    /// The wait before the projector tries a failed call again.
    package static let projectorRetryMillis = 200

    /// A request that takes longer is told in the log at info: a hundred times the usual.
    package static let slowRequestMicros: Int64 = 250_000

    // Redis.

    /// Commands waiting for Redis's answer; beyond, clients get 503 with Retry-After.
    package static let commandsInFlight = 16_384
    /// Cancels of one cancel-all that wait for Redis at once: enough to keep it busy.
    package static let massCancelsInFlight = 256
    /// A command that Redis hasn't answered after this fails as "outcome unknown": well above its
    /// longest block, and short enough that clients hear of a Redis that hangs.
    package static let commandMillis = 3_000
    /// Connecting, logging in and checking the server, all together.
    package static let connectMillis = 5_000
    /// The wait before the first attempt to reconnect; it doubles with each up to the maximum, so
    /// that a restarting Redis is found soon and an absent one isn't bothered.
    package static let reconnectMillis = 50
    package static let reconnectMaximumMillis = 2_000
    /// How often a call that met a symbol's unfinished work is made again. Each time ends up to
    /// `expiriesPerCall` orders, so that this suffices for a million.
    package static let busyRepeats = 10_000
    /// How long Redis holds an empty read of the stream open; well below `commandMillis`.
    package static let streamBlockMillis = 1_000
    /// Stream entries kept, about 400 bytes each: how far back a client may resume.
    package static let streamEntriesKept = 500_000
    /// Events between two trimmings.
    package static let trimEvery = 4_096
    /// Records read by one command while the caches are loaded: about 0.2 ms of Redis's time.
    package static let snapshotChunk = 500
    /// Stream entries read at once.
    package static let streamBatch = 512

    /// How long a running redis-server may be mute (neither ready nor loading) before we give up.
    package static let redisSilentMillis = 30_000
    /// How long a clean shutdown of the embedded Redis may take: it syncs its file first.
    package static let redisShutdownMillis = 30_000

    /// How long a command of the command line waits for one answer of Redis: it may be loading, or
    /// busy with others.
    package static let verifyMillis = 30_000

    // Containers.

    /// How often Redis is asked which containers' plugins want to be called, while there are any.
    package static let familyTickMillis = 50
    /// Containers called in one such turn; the others follow in the next.
    package static let familiesAtOnce = 100
    /// When a container is tried again whose plugin or commit failed.
    package static let familyRetryMicros: Int64 = 1_000_000

    // Risk controls. The script has those of what it keeps, too.

    /// Scopes with limits of their own, of all rules.
    package static let riskLimitScopes = 10_000
    /// Changes that wait for a second person.
    package static let pendingChanges = 100
    package static let groups = 1_000
    /// A limit's value as it is written: far more digits than a number may have.
    package static let limitValueBytes = 40
    /// Why staff did something: a sentence.
    package static let reasonBytes = 200
    /// The longest cancel-all-after: who wants to be away for longer cancels by hand.
    package static let cancelAllAfterSeconds: Int64 = 3_600
    /// How often it is looked whether one is due.
    package static let deadlineTickMillis = 200
    /// How far a host's clock may be behind Redis's before a cancel-all-after comes late.
    package static let clockSkewMicros: Int64 = 5_000_000
    /// How often open orders are looked for that are to be cancelled.
    package static let sweepOrdersMillis = 250
    /// Who pressed a switch has this long to begin before other hosts do.
    package static let sweepGraceMicros: Int64 = 500_000
    /// Orders of one drill: as many as a busy account has.
    package static let drillOrders = 10_000
    /// Events after which the alerts' cursor moves also without an alert.
    package static let eventsPerAlerting: Int64 = 1_000
    package static let alertsPerCall = 1_000

    // Start.

    /// calendars.json: some hundred markets with ten years of holidays each.
    package static let calendarFileBytes = 1_048_576
    package static let calendarNameBytes = 32
    /// The .env file; the known settings fill a hundredth of this.
    package static let settingsFileBytes = 65_536
}
