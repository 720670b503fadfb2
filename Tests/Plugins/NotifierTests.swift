// The shipped notifiers on their threads: what arrives, what is tried again, and how they end.

import Base
import Foundation
import Synchronization
import Testing
import Wire

@testable import Plugins

/// A result that another thread gives once.
private final class Promise: Sendable {
    private let value = Mutex<DeliveryResult?>(nil)
    private let ready = DispatchSemaphore(value: 0)

    func keep(_ result: DeliveryResult) {
        value.withLock { $0 = result }
        ready.signal()
    }

    func wait() throws -> DeliveryResult {
        guard ready.wait(timeout: .now() + 10) == .success, let result = value.withLock({ $0 })
        else { throw Failure(what: "no result within ten seconds") }
        return result
    }
}

private func events(_ count: Int) -> [NotifierEvent] {
    (0..<count).map { index in
        NotifierEvent(
            id: "\(index)", type: "trade", account: "1", symbol: "AAPL", severity: "info",
            json: Array("{\"id\":\"\(index)\"}".utf8))
    }
}

private func runner(
    _ name: String, _ config: [(name: String, value: JSONValue)]
) throws -> (NotifierRunner, NotifierEntry) {
    let entry = PluginConfiguration.Entry(name: name, config: JSONObject(members: config))
    let registry = try load([
        orderTypes, PluginConfiguration.Library(path: "libOESNotifiers.so", entries: [entry]),
    ])
    let notifier = try #require(registry.notifiers.first)
    return (NotifierRunner(entry: notifier, log: Log(level: .error, origin: "test")), notifier)
}

extension NotifierRunner {
    fileprivate func deliver(
        _ batch: [NotifierEvent], attempt: Int = 1, withinMillis: Int = 2_000
    ) throws -> DeliveryResult {
        let promise = Promise()
        deliver(batch: batch, attempt: attempt, deadlineMillis: withinMillis) {
            result, _ in promise.keep(result)
        }
        return try promise.wait()
    }
}

@Suite struct LogFileTests {
    @Test func eachEventIsALine() throws {
        let scratch = try Scratch()
        let path = "\(scratch.path)/events.jsonl"
        let (runner, entry) = try runner("log-file", [("path", .string(path))])
        runner.start()
        #expect(try runner.deliver(events(2)) == .ok)
        #expect(try runner.deliver(events(1)) == .ok)
        #expect(runner.stop(deadlineMillis: 2_000))
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(text == "{\"id\":\"0\"}\n{\"id\":\"1\"}\n{\"id\":\"0\"}\n")
        #expect(entry.statistics.count == 2)
    }

    @Test func aMovedFileIsOpenedAnew() throws {
        let scratch = try Scratch()
        let path = "\(scratch.path)/events.jsonl"
        let (runner, _) = try runner(
            "log-file", [("path", .string(path)), ("sync", .bool(true))])
        runner.start()
        #expect(try runner.deliver(events(1)) == .ok)
        rename(path, "\(path).1")
        #expect(try runner.deliver(events(2)) == .ok)
        #expect(runner.stop(deadlineMillis: 2_000))
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(text == "{\"id\":\"0\"}\n{\"id\":\"1\"}\n")
    }

    @Test func aLargeFileIsSetAside() throws {
        let scratch = try Scratch()
        let path = "\(scratch.path)/events.jsonl"
        let (runner, _) = try runner(
            "log-file",
            [("path", .string(path)), ("max_bytes", .string("1024")), ("keep", .string("2"))])
        runner.start()
        // 11 bytes a line: 93 fit.
        let batch = (0..<8).flatMap { _ in events(10) }
        for _ in 0..<5 { #expect(try runner.deliver(batch) == .ok) }
        #expect(runner.stop(deadlineMillis: 2_000))
        func lines(_ name: String) throws -> Int {
            try String(contentsOfFile: name, encoding: .utf8).split(separator: "\n").count
        }
        #expect(try lines("\(path).1") == 93)
        #expect(try lines("\(path).2") == 93)
        #expect(try lines(path) == 400 - 4 * 93)
        #expect(!FileManager.default.fileExists(atPath: "\(path).3"))
    }

    @Test func aFullDiskIsTriedAgain() throws {
        let (runner, _) = try runner("log-file", [("path", .string("/dev/full"))])
        runner.start()
        #expect(try runner.deliver(events(3)) == .retry(afterMillis: 0))
        #expect(runner.stop(deadlineMillis: 2_000))
    }
}

@Suite struct NotifierFilterTests {
    private func event(
        _ type: String, _ accounts: [String], _ symbol: String, _ severity: String
    ) -> NotifierEvent {
        NotifierEvent(
            id: "1-0", type: type, account: "", symbol: symbol, severity: severity, json: [],
            accounts: accounts)
    }

    @Test func anEventHasToFitEveryPartThatIsGiven() {
        var filter = NotifierFilter()
        let trade = event("trade", ["1", "2"], "AAPL", "info")
        #expect(filter.takes(trade))
        filter.types = ["order_*", "trade"]
        #expect(filter.takes(trade) && filter.takes(event("order_new", [], "", "info")))
        #expect(!filter.takes(event("bust", ["1"], "AAPL", "info")))
        filter.accounts = ["2"]
        #expect(filter.takes(trade) && !filter.takes(event("trade", ["1", "3"], "AAPL", "info")))
        filter.symbols = ["AAPL"]
        #expect(filter.takes(trade) && !filter.takes(event("trade", ["2"], "MSFT", "info")))
        filter.severity = .warning
        #expect(!filter.takes(trade) && filter.takes(event("trade", ["2"], "AAPL", "critical")))
        // What only a newer host knows is never left out.
        #expect(filter.takes(event("trade", ["2"], "AAPL", "catastrophic")))
    }
}

@Suite struct WebhookTests {
    @Test(arguments: [
        ("HTTP/1.1 200 OK\r\n\r\n", DeliveryResult.ok), ("HTTP/1.0 204 No Content\r\n\r\n", .ok),
        ("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 202 Accepted\r\n\r\n", .ok),
        ("HTTP/1.1 400 Bad\r\n\r\n", .drop), ("HTTP/1.1 422 No\r\n\r\n", .drop),
        ("HTTP/1.1 404 Gone\r\n\r\n", .retry(afterMillis: 0)),
        ("HTTP/1.1 301 Away\r\nLocation: /\r\n\r\n", .retry(afterMillis: 0)),
        ("HTTP/1.1 503 Busy\r\nretry-after: 7\r\n\r\n", .retry(afterMillis: 7_000)),
        ("HTTP/1.1 503 Busy\r\nRetry-After: 99999999999\r\n\r\n", .retry(afterMillis: 86_400_000)),
        ("nonsense\r\n\r\n", .retry(afterMillis: 0)), ("", .retry(afterMillis: 0)),
    ])
    func theAnswerDecides(answer: String, result: DeliveryResult) throws {
        let server = try OneShotServer(answer: answer)
        let (runner, _) = try runner(
            "webhook", [("url", .string("http://127.0.0.1:\(server.port)/hook?key=1"))])
        runner.start()
        #expect(try runner.deliver(events(2), attempt: 3) == result)
        #expect(runner.stop(deadlineMillis: 2_000))
        let request = try server.received()
        #expect(
            request.hasPrefix("POST /hook?key=1 HTTP/1.1\r\nHost: 127.0.0.1:\(server.port)\r\n"))
        #expect(
            request.hasSuffix(
                "\r\n\r\n{\"attempt\":3,\"events\":[{\"id\":\"0\"},{\"id\":\"1\"}]}"))
    }

    @Test func nobodyThereIsTriedAgain() throws {
        let (runner, _) = try runner("webhook", [("url", .string("http://127.0.0.1:1/"))])
        runner.start()
        #expect(try runner.deliver(events(1)) == .retry(afterMillis: 0))
        #expect(runner.stop(deadlineMillis: 2_000))
    }

    @Test func aReceiverThatNeverAnswersIsLeftAtTheDeadline() throws {
        let server = try OneShotServer(answer: nil)
        let (runner, _) = try runner(
            "webhook", [("url", .string("http://127.0.0.1:\(server.port)/"))])
        runner.start()
        let start = Clock.monotonicMicros()
        #expect(try runner.deliver(events(1), withinMillis: 200) == .retry(afterMillis: 0))
        #expect(Clock.monotonicMicros() - start >= 190_000)
        #expect(runner.stop(deadlineMillis: 2_000))
    }

    @Test func stoppingCancelsWhatHangs() throws {
        let server = try OneShotServer(answer: nil)
        let (runner, entry) = try runner(
            "webhook", [("url", .string("http://127.0.0.1:\(server.port)/"))])
        runner.start()
        let promise = Promise()
        runner.deliver(batch: events(1), attempt: 1, deadlineMillis: 600_000) { result, _ in
            promise.keep(result)
        }
        let second = Promise()
        runner.deliver(batch: events(1), attempt: 1, deadlineMillis: 600_000) { result, _ in
            second.keep(result)
        }
        _ = try server.received()
        #expect(entry.isInUse)
        #expect(runner.stop(deadlineMillis: 50))
        #expect(try promise.wait() == .retry(afterMillis: 0))
        #expect(try second.wait() == .retry(afterMillis: 0))
        #expect(!entry.isInUse)
        // After the end nothing is taken.
        #expect(try runner.deliver(events(1)) == .retry(afterMillis: 0))
    }

    @Test func whatWasCancelledBeforeIsNotTheNextDelivery() throws {
        let server = try OneShotServer(answer: "HTTP/1.1 200 OK\r\n\r\n")
        let (runner, entry) = try runner(
            "webhook", [("url", .string("http://127.0.0.1:\(server.port)/"))])
        entry.notifier.pointee.cancel(entry.notifier)
        runner.start()
        #expect(try runner.deliver(events(1)) == .ok)
        #expect(runner.stop(deadlineMillis: 2_000))
    }

    @Test func onlySoManyBatchesWait() throws {
        let server = try OneShotServer(answer: nil)
        let (runner, _) = try runner(
            "webhook", [("url", .string("http://127.0.0.1:\(server.port)/"))])
        runner.start()
        let refused = Mutex(0)
        for _ in 0..<(NotifierRunner.waitingBatches + 4) {
            runner.deliver(batch: events(1), attempt: 1, deadlineMillis: 600_000) { _, _ in
                refused.withLock { $0 += 1 }
            }
        }
        // One may run, sixteen wait, the others are answered at once.
        #expect([3, 4].contains(refused.withLock { $0 }))
        #expect(runner.stop(deadlineMillis: 50))
        #expect(refused.withLock { $0 } == NotifierRunner.waitingBatches + 4)
    }
}

/// Takes one connection, reads one request and answers it with fixed bytes; nil = never.
private final class OneShotServer: Sendable {
    let port: UInt16
    private let request = Mutex<String?>(nil)
    private let ready = DispatchSemaphore(value: 0)

    init(answer: String?) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, size) == 0 && listen(listener, 1) == 0
                    && getsockname(listener, $0, &size) == 0
            }
        }
        guard bound else { throw Failure(what: "no port on loopback") }
        port = UInt16(bigEndian: address.sin_port)
        Thread { [self] in serve(listener, answer) }.start()
    }

    private func serve(_ listener: Int32, _ answer: String?) {
        let client = accept(listener, nil, nil)
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4_096)
        // Our requests end with the JSON's "]}".
        while !String(decoding: bytes, as: UTF8.self).hasSuffix("]}") {
            let count = read(client, &buffer, buffer.count)
            guard count > 0 else { break }
            bytes.append(contentsOf: buffer[..<count])
        }
        request.withLock { $0 = String(decoding: bytes, as: UTF8.self) }
        ready.signal()
        if let answer {
            _ = write(client, Array(answer.utf8), answer.utf8.count)
        } else {
            // Until the client gives up.
            _ = read(client, &buffer, buffer.count)
        }
        close(client)
        close(listener)
    }

    func received() throws -> String {
        guard ready.wait(timeout: .now() + 10) == .success, let text = request.withLock({ $0 })
        else { throw Failure(what: "no request within ten seconds") }
        return text
    }
}
