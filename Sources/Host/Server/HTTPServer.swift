// The server: listeners, connections, and the ends of turns at which all of them are flushed.

import Base
import Loop
import Wire

/// Times and counts that a test may shorten.
package struct ServerLimits {
    package var connections = Limits.connections
    package var idleMillis = Limits.idleMillis
    package var requestMillis = Limits.requestMillis
    package var stallMillis = Limits.stallMillis
    package var drainMillis = Limits.drainMillis
    package var pingMillis = Limits.pingMillis
    package var sweepMillis = Limits.sweepMillis
}

/// Counts since the start, but for those that say "now".
package struct ServerStatistics: Sendable {
    package var accepted = 0
    /// Connections turned away because too many were open.
    package var refused = 0
    package var requests = 0
    /// Requests that couldn't be understood, or came too slowly.
    package var failures = 0
    package var timeouts = 0
    /// Clients cut off because they didn't read.
    package var slowReaders = 0
    package var receivedBytes = 0
    package var sentBytes = 0
    package var connectionsNow = 0
    package var webSockets = 0

    package init() {}
}

package final class HTTPServer {
    package internal(set) var statistics = ServerStatistics()
    /// Before `listen`.
    package var limits = ServerLimits()
    /// How a request that couldn't be understood is answered. Must keep the failure's status, and
    /// its headers.
    package var errorBody: (HTTPFailure) -> HTTPResponse = { failure in
        HTTPResponse(
            status: failure.status,
            headers: failure.headers + [("Content-Type", "text/plain; charset=utf-8")],
            body: Array(failure.message.utf8))
    }

    let loop: EventLoop
    let handler: (HTTPRequest, Responder) -> Void
    /// Shared by all connections: what isn't used of a read at once is copied.
    let readBuffer = UnsafeMutableRawBufferPointer.allocate(
        byteCount: Limits.readBytes, alignment: 64)
    private let log: Log
    private var listeners: [Listener] = []
    private var connections: [Connection] = []
    private var dirtyConnections: [Connection] = []
    private var lastFlushTurn = UInt64.max
    private var lastSocketId = 0
    private var httpDate = HTTPDate()
    private var dateBytes: [UInt8] = []
    private var dateSecond = Int64.min
    private var sweepTimer: TimerID?
    private var isShuttingDown = false
    private var onShutDown: (() -> Void)?

    /// `handler` is called on the loop's thread for each request, in the order of their arrival,
    /// and may answer at once or later.
    package init(
        loop: EventLoop, log: Log, handler: @escaping (HTTPRequest, Responder) -> Void
    ) {
        self.loop = loop
        self.log = log
        self.handler = handler
        loop.beforeSleep { [weak self] in self?.flush() }
    }

    deinit { readBuffer.deallocate() }

    /// Begins to accept on `address`, in numbers. Port 0 takes any free one; the bound port is
    /// answered. With `sharedPort` other processes may listen on the same one.
    package func listen(
        address: String, port: UInt16, sharedPort: Bool
    ) throws(ListenError) -> UInt16 {
        do throws(SystemError) {
            let descriptor = try Syscall.listen(
                address: address, port: port, sharedPort: sharedPort)
            let boundPort = try Syscall.boundPort(descriptor)
            listeners.append(
                try Listener(loop: loop, log: log, descriptor: descriptor) { [unowned self] in
                    open($0, $1)
                })
            if sweepTimer == nil { scheduleSweep() }
            return boundPort
        } catch {
            throw ListenError(address: address, port: port, cause: error)
        }
    }

    /// Stops accepting, tells WebSockets (1001), lets requests in flight be answered, and calls
    /// `completion` when every connection is closed, or after the grace, which closes the rest.
    package func shutdown(graceMillis: Int, completion: @escaping () -> Void) {
        guard !isShuttingDown else { return }
        isShuttingDown = true
        onShutDown = completion
        for listener in listeners { listener.close() }
        listeners = []
        for connection in connections { connection.shutDown() }
        loop.schedule(afterMillis: graceMillis) { [weak self] in
            guard let self else { return }
            for connection in connections { connection.abort() }
        }
        finishShutdown()
    }

    private func finishShutdown() {
        guard isShuttingDown, connections.isEmpty, let completion = onShutDown else { return }
        onShutDown = nil
        if let sweepTimer { loop.cancel(sweepTimer) }
        loop.later(completion)
    }

    // MARK: Connections

    private func open(_ descriptor: Int32, _ remoteAddress: String) {
        statistics.accepted += 1
        let isRefused = connections.count >= limits.connections
        if isRefused { statistics.refused += 1 }
        guard connections.count < limits.connections + Limits.refusedConnections else {
            Syscall.close(descriptor)
            return
        }
        let connection = Connection(
            server: self, descriptor: descriptor, remoteAddress: remoteAddress)
        do throws(SystemError) {
            try Syscall.setNoDelay(descriptor)
            try Syscall.setSendBuffer(descriptor, bytes: Limits.socketSendBytes)
            try connection.start()
        } catch {
            log.warning("a connection is lost: \(error)")
            Syscall.close(descriptor)
            return
        }
        connection.index = connections.count
        connections.append(connection)
        statistics.connectionsNow += 1
        if isRefused { connection.fail(.tooManyConnections) }
    }

    private func remove(_ connection: Connection) {
        Syscall.close(connection.descriptor)
        statistics.connectionsNow -= 1
        let last = connections.removeLast()
        if last !== connection {
            connections[connection.index] = last
            last.index = connection.index
        }
        connection.index = -1
        finishShutdown()
    }

    func nextSocketId() -> Int {
        lastSocketId += 1
        return lastSocketId
    }

    // MARK: Turns and time

    /// Has the connection flushed at the end of this turn.
    func markDirty(_ connection: Connection) {
        guard !connection.isDirty else { return }
        connection.isDirty = true
        dirtyConnections.append(connection)
        // Another room's hook has changed it after ours ran: don't sleep on it.
        if lastFlushTurn == loop.turn, dirtyConnections.count == 1 { loop.later {} }
    }

    private func flush() {
        var position = 0
        while position < dirtyConnections.count {
            let connection = dirtyConnections[position]
            position += 1
            connection.flush()
            connection.isDirty = false
            if connection.state.phase == .closed, connection.index >= 0 { remove(connection) }
        }
        dirtyConnections.removeAll(keepingCapacity: true)
        lastFlushTurn = loop.turn
    }

    private func scheduleSweep() {
        sweepTimer = loop.schedule(afterMillis: limits.sweepMillis) { [weak self] in
            guard let self else { return }
            for connection in connections { connection.sweep() }
            scheduleSweep()
        }
    }

    /// The Date line's value, made once a second.
    func date() -> [UInt8] {
        let second = loop.nowMicros / 1_000_000
        if second != dateSecond {
            dateSecond = second
            dateBytes = httpDate.bytes(wallMicros: Clock.wallMicros())
        }
        return dateBytes
    }
}
