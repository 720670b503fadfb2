// `log-file`: appends each event as a line of JSON to a file.
//
// Before it would grow beyond `max_bytes` it is set aside as path.1, what was path.1 becomes path.2 and
// so on, and the oldest beyond `keep` goes. It is opened anew where it was moved or deleted, so that
// another log rotator needs no signal.

import Glibc
import OESPluginKit
import Synchronization

final class LogFile: Notifier {
    static let description = EntryDescription(
        id: "org.oes.log-file", name: "log-file", title: "Log file", vendor: Library.vendor,
        version: Library.version,
        configSchema: """
            {"type": "object", "additionalProperties": false, "required": ["path"],
             "properties": {
              "path": {"type": "string", "title": "File to append to"},
              "sync": {"type": "boolean", "default": false,
                "title": "Force each batch to the disk before it counts as delivered"},
              "max_bytes": {"type": "integer", "minimum": 1024, "maximum": 9007199254740991,
                "title": "Size from which a new file is begun", "description": "None: never"},
              "keep": {"type": "integer", "minimum": 1, "maximum": 100, "default": 5,
                "title": "Files kept beside the one that is written"}}}
            """)

    private struct Output {
        var descriptor: Int32 = -1
        /// A line was cut by an error: the next one must begin a new line.
        var isTorn = false
    }

    private let path: String
    private let isSynchronous: Bool
    /// nil = it is never set aside.
    private let maximumBytes: Int64?
    private let filesKept: Int
    private let output = Mutex(Output())

    init(host: Host, config: Values) throws(ConfigurationRefusal) {
        guard let path = config.text(0), !path.isEmpty, !path.utf8.contains(0) else {
            throw ConfigurationRefusal(field: "path", text: "expected a file's path, found none")
        }
        self.path = path
        isSynchronous = config.boolean(1) ?? false
        maximumBytes = config.integer(2)
        filesKept = Int(config.integer(3) ?? 5)
        // A wrong path should stop the start, not lose events later.
        guard output.withLock({ Self.reopen(path, &$0) }) else {
            throw ConfigurationRefusal(
                field: "path", text: "\(path) can't be opened for writing: \(errorText())")
        }
    }

    deinit {
        output.withLock { if $0.descriptor >= 0 { close($0.descriptor) } }
    }

    func deliver(_ batch: Batch) -> Delivery {
        output.withLock { output in
            guard Self.reopen(path, &output) else {
                return .retry(afterMillis: 0, why: "\(path): \(errorText())")
            }
            for index in 0..<batch.count {
                let line = (output.isTorn ? [0x0A] : []) + batch[index].json + [0x0A]
                guard rotate(before: line.count, &output), write(line, &output) else {
                    return stopped(at: index)
                }
            }
            guard !isSynchronous || fdatasync(output.descriptor) == 0 else {
                return .retry(afterMillis: 0, why: "\(path): \(errorText())")
            }
            return .done
        }
    }

    func flush(deadlineMillis: Int64) {
        output.withLock { if $0.descriptor >= 0 { _ = fdatasync($0.descriptor) } }
    }

    /// A write to a file ends by itself.
    func cancel() {}

    private func stopped(at index: Int) -> Delivery {
        let why = "\(path): \(errorText())"
        return index == 0
            ? .retry(afterMillis: 0, why: why) : .partial(through: index - 1, why: why)
    }

    /// Sets the file aside where the next bytes would make it too large. False where no new one can be
    /// opened; where the old one can't be moved, it goes on to grow.
    private func rotate(before bytes: Int, _ output: inout Output) -> Bool {
        guard let maximumBytes else { return true }
        var status = stat()
        guard fstat(output.descriptor, &status) == 0, status.st_size > 0,
            Int64(status.st_size) + Int64(bytes) > maximumBytes
        else { return true }
        if isSynchronous { _ = fdatasync(output.descriptor) }
        for number in stride(from: filesKept - 1, through: 1, by: -1) {
            rename("\(path).\(number)", "\(path).\(number + 1)")
        }
        rename(path, "\(path).1")
        return Self.reopen(path, &output)
    }

    private func write(_ line: [UInt8], _ output: inout Output) -> Bool {
        var sent = 0
        while sent < line.count {
            let count = line.withUnsafeBytes {
                Glibc.write(output.descriptor, $0.baseAddress! + sent, $0.count - sent)
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else {
                output.isTorn = output.isTorn || sent > 0
                return false
            }
            sent += count
        }
        output.isTorn = false
        return true
    }

    /// Opens the file where it isn't open, or is another one than stands at the path.
    private static func reopen(_ path: String, _ output: inout Output) -> Bool {
        if output.descriptor >= 0 {
            var open = stat()
            var there = stat()
            if fstat(output.descriptor, &open) == 0, stat(path, &there) == 0,
                open.st_dev == there.st_dev, open.st_ino == there.st_ino
            {
                return true
            }
            close(output.descriptor)
            output = Output()
        }
        output.descriptor = Glibc.open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o640)
        return output.descriptor >= 0
    }
}
